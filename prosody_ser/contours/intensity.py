"""The intensity contour by Praat, and a level contour with a better time resolution.

Intensity is the mean square under a Gaussian-like (Kaiser-20) window with an effective length of 3.2 / 75 Hz = 43 ms,
after subtracting the mean, in dB re 2e-5 Pa, every 10 ms. Recordings are uncalibrated (full scale counts as 1 Pa), so
levels are only comparable between recordings that were made in the same way. Frames more than 50 dB below the loudest
one are set to 50 dB below it, because what is softer is not speech but the noise or the noise gate of the recording
(Praat gives -300 dB for digital silence).
"""

import numpy as np

from ..audio.frames import FRAME_STEP, FRAME_STEP_S
from ..audio.prepare import Audio
from .grid import sound_on_grid

MINIMUM_PITCH_HZ = 75.0
#: Physical length of Praat's window, 6.4 periods of the minimum pitch, twice its effective length.
WINDOW_S = 6.4 / MINIMUM_PITCH_HZ
RANGE_DB = 50.0
SHORT_WINDOW_S = 2 * FRAME_STEP_S


def intensity_contour(audio: Audio) -> np.ndarray:
    """Compute the intensity of a clip in dB re 2e-5 Pa, shape (n_frames,)."""
    sound = sound_on_grid(audio, WINDOW_S, voice=True)
    praat = sound.to_intensity(minimum_pitch=MINIMUM_PITCH_HZ, time_step=FRAME_STEP_S, subtract_mean=True)
    level_db = praat.values[0]
    return np.maximum(level_db, level_db.max() - RANGE_DB)


def short_level_contour(audio: Audio) -> tuple[np.ndarray, np.ndarray]:
    """Compute the level in 20 ms frames every 10 ms, for edges that Praat's 85 ms window would blur.

    Returns
    -------
    times_s : ndarray of float64, shape (n_frames - 1,)
        Frame centres, at the borders of the clip's 10 ms frames.
    level_db : ndarray of float64, shape (n_frames - 1,)
        Mean square in dB re full scale, at least -300 dB.
    """
    steps = (audio.around(0, voice=True) ** 2).reshape(-1, FRAME_STEP).mean(axis=1)
    power = (steps[:-1] + steps[1:]) / 2
    times_s = (np.arange(power.size) + 1) * FRAME_STEP_S
    return times_s, 10 * np.log10(np.maximum(power, 1e-30))
