"""Formants F1 to F4 and their bandwidths on voiced frames: Praat's Burg method, below a ceiling of the clip's own.

Five formants are looked for in 25 ms windows, pre-emphasised from 50 Hz. The ceiling below which they are looked for
follows the vocal tract, not a table of sexes: see :mod:`prosody_ser.contours.formant_ceiling`. Unvoiced frames have
no formants here: the method would describe their noise.
"""

from dataclasses import dataclass

import numpy as np

from ..audio.prepare import Audio
from ..catalogue.contours import N_FORMANTS
from .formant_ceiling import ceiling_of
from .grid import with_margin
from .kernels.burg import Resampler, formants_of


@dataclass(frozen=True, eq=False)
class Formants:
    """Formants of a clip's voiced frames."""

    #: `frequency_hz`, `bandwidth_hz`: ndarray of float64, shape (4, n_voiced): NaN where there are fewer formants
    frequency_hz: np.ndarray
    bandwidth_hz: np.ndarray
    ceiling_hz: float  #: below which five formants were looked for


def track_formants(audio: Audio, voiced_times_s: np.ndarray) -> Formants:
    """Formants at some times of a clip."""
    samples, times_s = with_margin(audio, voiced_times_s)
    resampler = Resampler(samples, audio.sample_rate_hz)
    ceiling_hz = ceiling_of(resampler, times_s)
    frequency, bandwidth = formants_of(resampler, times_s, ceiling_hz)
    return Formants(frequency[:N_FORMANTS], bandwidth[:N_FORMANTS], ceiling_hz)
