"""Fundamental frequency by Praat's autocorrelation method, in two passes.

Conventions
-----------
Frames every 10 ms; unvoiced frames are NaN. The first pass is coarse and wide (60 to 750 Hz every 20 ms); the
second searches from 0.75 times the first quartile to 2.5 times the third quartile that the first one found, so
that an aroused voice is not cut off at a ceiling made for calm speech.

References
----------
Boersma, P. (1993). Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio
    of a sampled sound. Proc. Institute of Phonetic Sciences Amsterdam 17, 97-110.
Hirst, D. (2011). The analysis by synthesis of speech melody: from data to models. Journal of Speech Sciences
    1(1), 55-83. (The two passes; 2.5 x q75 as the ceiling for expressive speech.)
"""

from dataclasses import dataclass

import numpy as np
import parselmouth

TIME_STEP_S = 0.010
COARSE_TIME_STEP_S = 0.020
COARSE_FLOOR_HZ, COARSE_CEILING_HZ = 60.0, 750.0
DEFAULT_FLOOR_HZ, DEFAULT_CEILING_HZ = 75.0, 600.0
LOWEST_FLOOR_HZ, HIGHEST_CEILING_HZ = 50.0, 1000.0
FLOOR_FACTOR, CEILING_FACTOR = 0.75, 2.5
MIN_COARSE_FRAMES = 5


@dataclass(frozen=True, eq=False)
class Pitch:
    """Pitch of one clip.

    Attributes
    ----------
    times_s : ndarray of float64, shape (n_frames,)
        Frame centres in seconds from the start of the speech.
    f0_hz : ndarray of float64, shape (n_frames,)
        Fundamental frequency in Hz, NaN where unvoiced.
    strength : ndarray of float64, shape (n_frames,)
        Normalised autocorrelation at the pitch period, 0 to 1, NaN where unvoiced.
    floor_hz, ceiling_hz : float
        The search range of the second pass.
    praat : parselmouth.Pitch
        Praat's own object, from which glottal pulses are found.
    """

    times_s: np.ndarray
    f0_hz: np.ndarray
    strength: np.ndarray
    floor_hz: float
    ceiling_hz: float
    praat: parselmouth.Pitch


def track_pitch(sound: parselmouth.Sound) -> Pitch:
    """Pitch of a clip in two passes.

    Parameters
    ----------
    sound : parselmouth.Sound
        Mono speech, at least 0.1 s long.

    Returns
    -------
    Pitch
    """
    floor_hz, ceiling_hz = search_range(sound)
    praat = sound.to_pitch_ac(time_step=TIME_STEP_S, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
    selected = praat.selected_array
    voiced = selected["frequency"] > 0
    return Pitch(
        times_s=praat.xs(),
        f0_hz=np.where(voiced, selected["frequency"], np.nan),
        strength=np.where(voiced, selected["strength"], np.nan),
        floor_hz=floor_hz,
        ceiling_hz=ceiling_hz,
        praat=praat,
    )


def search_range(sound: parselmouth.Sound) -> tuple[float, float]:
    """Floor and ceiling in Hz for this clip, from a coarse first pass.

    With fewer than five voiced frames in that pass the range is 75 to 600 Hz.
    """
    coarse = sound.to_pitch_ac(
        time_step=COARSE_TIME_STEP_S, pitch_floor=COARSE_FLOOR_HZ, pitch_ceiling=COARSE_CEILING_HZ
    )
    frequency = coarse.selected_array["frequency"]
    voiced = frequency[frequency > 0]
    if voiced.size < MIN_COARSE_FRAMES:
        return DEFAULT_FLOOR_HZ, DEFAULT_CEILING_HZ
    lower, upper = np.quantile(voiced, (0.25, 0.75))
    floor_hz = max(FLOOR_FACTOR * lower, LOWEST_FLOOR_HZ)
    ceiling_hz = min(CEILING_FACTOR * upper, HIGHEST_CEILING_HZ)
    return float(floor_hz), float(ceiling_hz)
