"""Fundamental frequency by Praat's autocorrelation method, in two passes.

Conventions
-----------
There is a frame every 10 ms on the grid of the clip; unvoiced frames are NaN. The first pass is coarse and wide: 50 to
1100 Hz every 20 ms, on samples at 4 kHz. The second pass searches from 0.75 times the first quartile of the first pass
(or 0.85 times its 2 % quantile, if that is lower, because sentences end low) to 2.5 times the third quartile, so that
the pitch of an excited voice is not cut off at a ceiling made for calm speech. The third quartile is weighted by
amplitude, because in whispery speech many fricatives look voiced at 800 Hz and only differ by being soft. The lower
quantiles are not weighted, because creaky voice is soft, too. Remaining octave errors (a few frames an octave away from
their neighbours on both sides) are corrected, and frames that cannot be voice become unvoiced
(:mod:`prosody_ser.contours.voicing`).

References
----------
Boersma, P. (1993). Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio
    of a sampled sound. Proc. Institute of Phonetic Sciences Amsterdam 17, 97-110.
Hirst, D. (2011). The analysis by synthesis of speech melody: from data to models. Journal of Speech Sciences
    1(1), 55-83. (The two passes; 2.5 x q75 as the ceiling for expressive speech.)
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr

from ..audio.frames import FRAME_STEP, FRAME_STEP_S, SAMPLE_RATE_HZ
from ..audio.prepare import Audio
from ..errors import ProtocolError
from .grid import MARGIN
from .kernels.autocorrelation import pitch_track
from .octaves import mend_octave_slips
from .voicing import plausible_runs, voice_only

COARSE_RATE_HZ = 4000
COARSE_TIME_STEP_S = 0.020
COARSE_FLOOR_HZ, COARSE_CEILING_HZ = 50.0, 1100.0
DEFAULT_FLOOR_HZ, DEFAULT_CEILING_HZ = 75.0, 600.0
LOWEST_FLOOR_HZ, HIGHEST_CEILING_HZ = 50.0, 1300.0
FLOOR_FACTOR, CEILING_FACTOR = 0.75, 2.5
#: The pitch falls lower at the end of a sentence than the first quartile predicts.
LOWEST_QUANTILE, LOWEST_FACTOR = 0.02, 0.85
MIN_COARSE_FRAMES = 5
#: Allowed range of a user's limits: lower, windows exceed the margin; higher, a period has only a few samples.
LEAST_HZ, MOST_HZ = 40.0, 2000.0
#: If more than this share of the frames is within 3 % of a limit of the search, the voice may go beyond it.
MANY, AT_THE_END = 0.05, 1.03

#: A function of samples, their rate, frame centres, step, floor and ceiling that returns frequency and strength.
Track = Callable[[np.ndarray, int, np.ndarray, float, float, float], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Pitch:
    """The pitch of one clip."""

    #: ndarray of float64, shape (n_frames,): fundamental frequency in Hz on the clip's frames, NaN where unvoiced
    f0_hz: np.ndarray
    #: ndarray of float64, shape (n_frames,): normalised autocorrelation at the pitch period, 0 to 1, NaN where unvoiced
    strength: np.ndarray
    #: `floor_hz`, `ceiling_hz`: the search range of the second pass
    floor_hz: float
    ceiling_hz: float

    @property
    def notes(self) -> list[str]:
        """Notes for the user if the voice reaches a limit of the search range."""
        f0_hz = self.f0_hz[np.isfinite(self.f0_hz)]
        notes = []
        if f0_hz.size and (f0_hz > self.ceiling_hz / AT_THE_END).mean() > MANY:
            notes.append(
                f"the pitch reaches {self.ceiling_hz:.0f} Hz, the end of its search range (see --pitch-ceiling)"
            )
        if f0_hz.size and (f0_hz < self.floor_hz * AT_THE_END).mean() > MANY:
            notes.append(f"the pitch reaches {self.floor_hz:.0f} Hz, the end of its search range (see --pitch-floor)")
        return notes


@dataclass(frozen=True)
class PitchRange:
    """Limits of the pitch search that a user sets; None for a limit that the first pass estimates."""

    floor_hz: float | None = None
    ceiling_hz: float | None = None

    def __post_init__(self) -> None:
        floor_hz, ceiling_hz = self.floor_hz, self.ceiling_hz
        for name, value in (("floor", floor_hz), ("ceiling", ceiling_hz)):
            if value is not None and not LEAST_HZ <= value <= MOST_HZ:
                raise ProtocolError(f"invalid pitch {name} of {value:g} Hz: it must be {LEAST_HZ:g} to {MOST_HZ:g} Hz")
        if floor_hz and ceiling_hz and not 1.5 * floor_hz <= ceiling_hz:
            raise ProtocolError(
                f"invalid pitch range {floor_hz:g}-{ceiling_hz:g} Hz: the ceiling must be at least 1.5 times the floor"
            )


#: No limit is set.
ANY_PITCH = PitchRange()


def track_pitch(audio: Audio, track: Track = pitch_track, within: PitchRange = ANY_PITCH) -> Pitch:
    """Track the pitch of a clip in two passes.

    Parameters
    ----------
    audio : Audio
    track : callable
        The pitch tracker, by default
        :func:`prosody_ser.contours.kernels.autocorrelation.pitch_track`.
    within : PitchRange
        Floor and ceiling of the second pass, if the user sets them.
    """
    floor_hz, ceiling_hz = search_range(audio, track)
    floor_hz, ceiling_hz = within.floor_hz or floor_hz, within.ceiling_hz or ceiling_hz
    if ceiling_hz <= floor_hz:  # the user set one limit, and the estimate of the other does not fit
        floor_hz, ceiling_hz = (floor_hz, 2 * floor_hz) if within.floor_hz else (ceiling_hz / 2, ceiling_hz)
    centres = MARGIN + FRAME_STEP // 2 + FRAME_STEP * np.arange(audio.n_frames)
    f0_hz, strength = track(
        audio.around(MARGIN, voice=True), SAMPLE_RATE_HZ, centres, FRAME_STEP_S, floor_hz, ceiling_hz
    )
    f0_hz = voice_only(mend_octave_slips(f0_hz), strength, audio)
    return Pitch(f0_hz, np.where(np.isnan(f0_hz), np.nan, strength), floor_hz, ceiling_hz)


def search_range(audio: Audio, track: Track = pitch_track) -> tuple[float, float]:
    """Estimate floor and ceiling in Hz for this clip, from a coarse first pass of `track`.

    With fewer than five voiced frames in that pass the range is 75 to 600 Hz.
    """
    samples = soxr.resample(audio.around(MARGIN, voice=True), SAMPLE_RATE_HZ, COARSE_RATE_HZ, quality="MQ")
    margin = MARGIN * COARSE_RATE_HZ // SAMPLE_RATE_HZ
    step = round(COARSE_TIME_STEP_S * COARSE_RATE_HZ)
    centres = np.arange(margin + step // 2, samples.size - margin, step)
    frequency, strength = track(
        samples, COARSE_RATE_HZ, centres, COARSE_TIME_STEP_S, COARSE_FLOOR_HZ, COARSE_CEILING_HZ
    )
    voiced = np.isfinite(plausible_runs(frequency, strength, COARSE_TIME_STEP_S))
    if voiced.sum() < MIN_COARSE_FRAMES:
        return DEFAULT_FLOOR_HZ, DEFAULT_CEILING_HZ
    around = centres[voiced, np.newaxis] + np.arange(-step // 2, step // 2)
    amplitude = np.sqrt((samples[around] ** 2).mean(axis=1))
    lowest, lower = np.quantile(frequency[voiced], [LOWEST_QUANTILE, 0.25])
    upper = weighted_quantile(frequency[voiced], amplitude, 0.75)
    floor_hz = max(min(FLOOR_FACTOR * lower, LOWEST_FACTOR * lowest), LOWEST_FLOOR_HZ)
    ceiling_hz = min(CEILING_FACTOR * upper, HIGHEST_CEILING_HZ)
    return float(floor_hz), float(ceiling_hz)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, q: float) -> float:
    """Return the weighted quantile `q`, interpolated between the midpoints of the weights."""
    order = np.argsort(values)
    weight = weights[order]
    share = (np.cumsum(weight) - weight / 2) / weight.sum()
    return float(np.interp(q, share, values[order]))
