"""Intensity contour by Praat, and a sharper one that knows where sound stops.

Intensity is the mean square under a Gaussian-like (Kaiser-20) window of 3.2 / 75 Hz = 43 ms effective length, mean
pressure subtracted, in dB re 2e-5 Pa, every 10 ms. Recordings are uncalibrated (full scale counts as 1 Pa), so
levels compare only within recordings made alike. Frames more than 50 dB below the loudest one count as 50 dB below
it: what lies deeper is the recording's noise or its noise gate (Praat reads digital silence as -300 dB), not
speech.
"""

import numpy as np

from ..audio.frames import FRAME_STEP, FRAME_STEP_S
from ..audio.prepare import Audio
from .grid import sound_on_grid

MINIMUM_PITCH_HZ = 75.0
#: Praat's window, 6.4 periods of the minimum pitch: twice its effective length.
WINDOW_S = 6.4 / MINIMUM_PITCH_HZ
RANGE_DB = 50.0
SHORT_WINDOW_S = 2 * FRAME_STEP_S


def intensity_contour(audio: Audio) -> np.ndarray:
    """Intensity of a clip in dB re 2e-5 Pa, shape (n_frames,)."""
    sound = sound_on_grid(audio, WINDOW_S, voice=True)
    praat = sound.to_intensity(minimum_pitch=MINIMUM_PITCH_HZ, time_step=FRAME_STEP_S, subtract_mean=True)
    level_db = praat.values[0]
    return np.maximum(level_db, level_db.max() - RANGE_DB)


def short_level_contour(audio: Audio) -> tuple[np.ndarray, np.ndarray]:
    """Level in plain 20 ms frames every 10 ms, for edges that Praat's 85 ms window would blur.

    Returns
    -------
    times_s : ndarray of float64, shape (n_frames - 1,)
        Frame centres, on the borders of the clip's 10 ms frames.
    level_db : ndarray of float64, shape (n_frames - 1,)
        Mean square in dB re full scale, -300 dB at the least.
    """
    steps = (audio.around(0, voice=True) ** 2).reshape(-1, FRAME_STEP).mean(axis=1)
    power = (steps[:-1] + steps[1:]) / 2
    times_s = (np.arange(power.size) + 1) * FRAME_STEP_S
    return times_s, 10 * np.log10(np.maximum(power, 1e-30))
