"""Which frames that a pitch tracker calls voiced are a voice.

A tracker looks for what repeats, and a formant in whisper, hum in a pause or a fricative repeats for a moment too.
No voice is

- what lasts less than 40 ms: a vocal fold's vibration takes longer to begin and to end;
- what is no louder than the recording's steady noise, where that is known;
- what is higher than 400 Hz and repeats weakly: noise through a formant of 80 Hz at 600 Hz has a strength of .66, a
  voice as high as that 0.9 and more;
- what lasts less than 0.1 s, repeats but weakly, and lies more than 14 semitones from the clip's median: a formant for
  a moment.
"""

import numpy as np

from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import Audio
from ..audio.runs import runs
from ..units import db_to_power, hz_to_st

MIN_VOICED_S = 0.04
ABOVE_NOISE_DB = 3.0
#: As high as a first formant, only clear voices are.
HIGH_HZ, HIGH_STRENGTH = 400.0, 0.8
#: Another register, unless it lasts or is clear.
STRAY_S, STRAY_ST, STRAY_STRENGTH = 0.1, 14.0, 0.75


def voice_only(f0_hz: np.ndarray, strength: np.ndarray, audio: Audio) -> np.ndarray:
    """The same track, NaN where it is no voice.

    Parameters
    ----------
    f0_hz, strength : ndarray of float64, shape (n_frames,)
        On the clip's frames, NaN where unvoiced.
    audio : Audio
    """
    f0_hz = f0_hz.copy()
    if audio.frame_power is not None and audio.noise_power > 0:
        f0_hz[audio.frame_power < audio.noise_power * db_to_power(ABOVE_NOISE_DB)] = np.nan
    return plausible_runs(f0_hz, strength, FRAME_STEP_S)


def plausible_runs(f0_hz: np.ndarray, strength: np.ndarray, step_s: float) -> np.ndarray:
    """The same track without voiced stretches that are too short, or stray from the rest; frames `step_s` apart."""
    voiced = [slice(start, end) for start, end in runs(np.isfinite(f0_hz))]
    shortest, stray = round(MIN_VOICED_S / step_s), round(STRAY_S / step_s)
    kept = f0_hz.copy()
    for run in voiced:
        weak_and_high = np.median(f0_hz[run]) > HIGH_HZ and strength[run].mean() < HIGH_STRENGTH
        if run.stop - run.start < shortest or weak_and_high:
            kept[run] = np.nan
    if np.isnan(kept).all():
        return kept
    pitch_st = hz_to_st(kept)
    usual_st = np.nanmedian(pitch_st)
    for run in voiced:
        far = abs(np.median(pitch_st[run]) - usual_st) > STRAY_ST  # a comparison with NaN is False
        if far and run.stop - run.start < stray and strength[run].mean() < STRAY_STRENGTH:
            kept[run] = np.nan
    return kept
