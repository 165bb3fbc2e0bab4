"""Decide which frames that a pitch tracker calls voiced really contain voice.

A pitch tracker finds everything that is periodic for a moment, also a formant in whispered speech, hum in a pause, or a
fricative. The following is not voice:

- a segment shorter than 40 ms, because vocal folds take longer to start and stop vibrating;
- frames that are not louder than the steady noise of the recording, if its level is known;
- a segment above 400 Hz with a low strength: noise through a formant with a bandwidth of 80 Hz at 600 Hz has a strength
  of 0.66, a voice at that pitch 0.9 and more;
- a segment shorter than 0.1 s with a low strength, more than 14 semitones from the median of the clip.
"""

import numpy as np

from ..audio.frames import FRAME_STEP_S
from ..audio.prepare import Audio
from ..audio.runs import runs
from ..units import db_to_power, hz_to_st

MIN_VOICED_S = 0.04
ABOVE_NOISE_DB = 3.0
#: Above this frequency, in the range of the first formant, voice needs this strength.
HIGH_HZ, HIGH_STRENGTH = 400.0, 0.8
#: Shorter, further from the median and weaker than this is not voice.
STRAY_S, STRAY_ST, STRAY_STRENGTH = 0.1, 14.0, 0.75


def voice_only(f0_hz: np.ndarray, strength: np.ndarray, audio: Audio) -> np.ndarray:
    """Set the frames of a pitch track to NaN that are not voice.

    Parameters
    ----------
    f0_hz, strength : ndarray of float64, shape (n_frames,)
        On the frames of the clip, NaN where unvoiced.
    audio : Audio
    """
    f0_hz = f0_hz.copy()
    if audio.frame_power is not None and audio.noise_power > 0:
        f0_hz[audio.frame_power < audio.noise_power * db_to_power(ABOVE_NOISE_DB)] = np.nan
    return plausible_runs(f0_hz, strength, FRAME_STEP_S)


def plausible_runs(f0_hz: np.ndarray, strength: np.ndarray, step_s: float) -> np.ndarray:
    """Remove voiced segments that are too short or implausible from a track with frames `step_s` apart."""
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
        far = abs(np.median(pitch_st[run]) - usual_st) > STRAY_ST  # comparisons with NaN are False
        if far and run.stop - run.start < stray and strength[run].mean() < STRAY_STRENGTH:
            kept[run] = np.nan
    return kept
