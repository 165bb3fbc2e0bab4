"""Fundamental frequency by Praat's autocorrelation method, in two passes.

Conventions
-----------
Frames every 10 ms on the clip's grid; unvoiced frames are NaN. The first pass is coarse and wide (60 to 750 Hz
every 20 ms, on 4 kHz copies); the second searches from 0.75 times the first quartile to 2.5 times the third
quartile that the first one found, so that an aroused voice is not cut off at a ceiling made for calm speech. The
third quartile is weighted by amplitude: in whispery speech many a fricative passes for a voice at 800 Hz, and only
its softness tells. The first is not, since creak is soft too. Octave slips that are left (a few frames an octave
off their neighbours on both sides) are mended.

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
import soxr

from ..audio import FRAME_STEP_S, SAMPLE_RATE_HZ, Audio
from .grid import sound_on_grid
from .octaves import mend_octave_slips

COARSE_RATE_HZ = 4000
COARSE_TIME_STEP_S = 0.020
COARSE_FLOOR_HZ, COARSE_CEILING_HZ = 60.0, 750.0
DEFAULT_FLOOR_HZ, DEFAULT_CEILING_HZ = 75.0, 600.0
LOWEST_FLOOR_HZ, HIGHEST_CEILING_HZ = 50.0, 1000.0
FLOOR_FACTOR, CEILING_FACTOR = 0.75, 2.5
MIN_COARSE_FRAMES = 5
#: Praat's window for autocorrelation: three periods of the floor.
PERIODS_PER_WINDOW = 3.0


@dataclass(frozen=True, eq=False)
class Pitch:
    """Pitch of one clip.

    Attributes
    ----------
    f0_hz : ndarray of float64, shape (n_frames,)
        Fundamental frequency in Hz on the clip's frames, NaN where unvoiced.
    strength : ndarray of float64, shape (n_frames,)
        Normalised autocorrelation at the pitch period, 0 to 1, NaN where unvoiced.
    floor_hz, ceiling_hz : float
        The search range of the second pass.
    sound : parselmouth.Sound
        The speech with the margin that Praat's window needs.
    praat : parselmouth.Pitch
        Praat's own object on `sound`, from which glottal pulses are found.
    """

    f0_hz: np.ndarray
    strength: np.ndarray
    floor_hz: float
    ceiling_hz: float
    sound: parselmouth.Sound
    praat: parselmouth.Pitch


def track_pitch(audio: Audio) -> Pitch:
    """Pitch of a clip in two passes."""
    floor_hz, ceiling_hz = search_range(audio)
    sound = sound_on_grid(audio, PERIODS_PER_WINDOW / floor_hz)
    praat = sound.to_pitch_ac(time_step=FRAME_STEP_S, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
    selected = praat.selected_array
    voiced = selected["frequency"] > 0
    return Pitch(
        f0_hz=mend_octave_slips(np.where(voiced, selected["frequency"], np.nan)),
        strength=np.where(voiced, selected["strength"], np.nan),
        floor_hz=floor_hz,
        ceiling_hz=ceiling_hz,
        sound=sound,
        praat=praat,
    )


def search_range(audio: Audio) -> tuple[float, float]:
    """Floor and ceiling in Hz for this clip, from a coarse first pass.

    With fewer than five voiced frames in that pass the range is 75 to 600 Hz.
    """
    margin = round(PERIODS_PER_WINDOW / COARSE_FLOOR_HZ / 2 * SAMPLE_RATE_HZ)
    samples = soxr.resample(audio.around(margin), SAMPLE_RATE_HZ, COARSE_RATE_HZ, quality="MQ")
    coarse = parselmouth.Sound(samples, COARSE_RATE_HZ).to_pitch_ac(
        time_step=COARSE_TIME_STEP_S, pitch_floor=COARSE_FLOOR_HZ, pitch_ceiling=COARSE_CEILING_HZ
    )
    frequency = coarse.selected_array["frequency"]
    voiced = np.flatnonzero(frequency > 0)
    if voiced.size < MIN_COARSE_FRAMES:
        return DEFAULT_FLOOR_HZ, DEFAULT_CEILING_HZ
    centres = (coarse.xs()[voiced] * COARSE_RATE_HZ).astype(int)
    half = round(COARSE_TIME_STEP_S / 2 * COARSE_RATE_HZ)
    amplitude = np.sqrt((samples[centres[:, np.newaxis] + np.arange(-half, half)] ** 2).mean(axis=1))
    lower = np.quantile(frequency[voiced], 0.25)
    upper = weighted_quantile(frequency[voiced], amplitude, 0.75)
    floor_hz = max(FLOOR_FACTOR * lower, LOWEST_FLOOR_HZ)
    ceiling_hz = min(CEILING_FACTOR * upper, HIGHEST_CEILING_HZ)
    return float(floor_hz), float(ceiling_hz)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, q: float) -> float:
    """The value below which a share `q` of the weight lies, interpolated between the values' mid-weights."""
    order = np.argsort(values)
    weight = weights[order]
    share = (np.cumsum(weight) - weight / 2) / weight.sum()
    return float(np.interp(q, share, values[order]))
