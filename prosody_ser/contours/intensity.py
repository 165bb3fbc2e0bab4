"""Intensity contour by Praat.

The mean square under a Gaussian-like (Kaiser-20) window of 3.2 / 75 Hz = 43 ms, mean pressure subtracted, in dB
re 2e-5 Pa, every 10 ms. Recordings are uncalibrated (full scale counts as 1 Pa), so levels compare only within
recordings made alike.
"""

import numpy as np
import parselmouth

TIME_STEP_S = 0.010
MINIMUM_PITCH_HZ = 75.0


def intensity_contour(sound: parselmouth.Sound) -> tuple[np.ndarray, np.ndarray]:
    """Intensity of a clip.

    Returns
    -------
    times_s : ndarray of float64, shape (n_frames,)
    intensity_db : ndarray of float64, shape (n_frames,)
        In dB re 2e-5 Pa. Praat's floor for digital silence is -300 dB.
    """
    praat = sound.to_intensity(minimum_pitch=MINIMUM_PITCH_HZ, time_step=TIME_STEP_S, subtract_mean=True)
    return praat.xs(), praat.values[0]
