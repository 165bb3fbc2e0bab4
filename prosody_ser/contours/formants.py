"""Formants F1 to F4 and their bandwidths in voiced frames, by Praat's Burg method.

Five formants are searched for in 25 ms windows, with pre-emphasis from 50 Hz, below a ceiling that is the same for all
voices except those with a short vocal tract: see :mod:`prosody_ser.contours.formant_ceiling`. Unvoiced frames have no
formants here, because the method would describe their noise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..audio.prepare import Audio
from ..catalogue.contours import N_FORMANTS
from .formant_ceiling import SHORT_TRACT_HZ, USUAL_HZ, Track, ceiling_of
from .grid import with_margin
from .kernels.burg import Resampler, formants_of


def kernel_tracker(samples: np.ndarray, sample_rate_hz: int) -> Track:
    """Return the package's own formant tracker; all ceilings share one FFT of the samples."""
    return partial(formants_of, Resampler(samples, sample_rate_hz))


@dataclass(frozen=True, eq=False)
class Formants:
    """Formants of a clip's voiced frames."""

    #: `frequency_hz`, `bandwidth_hz`: ndarray of float64, shape (4, n_voiced); NaN if there are fewer formants
    frequency_hz: np.ndarray
    bandwidth_hz: np.ndarray
    ceiling_hz: float  #: ceiling of the search for five formants


def track_formants(
    audio: Audio, voiced_times_s: np.ndarray, f0_hz: np.ndarray, tracker: Callable[..., Track] = kernel_tracker
) -> Formants:
    """Track the formants of a clip at given times.

    Parameters
    ----------
    audio : Audio
    voiced_times_s : ndarray of float64, shape (n_voiced,)
        Centres of the voiced frames.
    f0_hz : ndarray of float64, shape (n_voiced,)
        Fundamental frequency of these frames in Hz.
    tracker : callable
        Called with samples and their rate; returns a function that finds their formants below a ceiling.
    """
    samples, times_s = with_margin(audio, voiced_times_s)
    track = tracker(samples, audio.sample_rate_hz)
    reaches_higher = audio.held_rate_hz >= 2 * SHORT_TRACT_HZ  # otherwise the recording has no formants there
    ceiling_hz = ceiling_of(track, times_s, f0_hz) if reaches_higher else USUAL_HZ
    frequency, bandwidth = track(times_s, ceiling_hz)
    return Formants(frequency[:N_FORMANTS], bandwidth[:N_FORMANTS], ceiling_hz)
