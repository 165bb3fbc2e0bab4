"""Formants F1 to F3 and their bandwidths by Praat's Burg method.

Five formants below 5500 Hz for every speaker (the sex is not known here), 25 ms windows, pre-emphasis from
50 Hz, every 10 ms. Values count on voiced frames only: elsewhere they describe noise.
"""

import numpy as np
import parselmouth
from parselmouth.praat import call

TIME_STEP_S = 0.010
N_FORMANTS = 5
CEILING_HZ = 5500.0
N_KEPT = 3


def formant_contours(sound: parselmouth.Sound) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Formants of a clip on Praat's frames.

    Returns
    -------
    times_s : ndarray of float64, shape (n_frames,)
    frequency_hz, bandwidth_hz : ndarray of float64, shape (3, n_frames)
        NaN where Praat found fewer formants.
    """
    praat = sound.to_formant_burg(time_step=TIME_STEP_S, max_number_of_formants=N_FORMANTS, maximum_formant=CEILING_HZ)
    # The whole object as one table: parselmouth offers values one at a time only.
    table = call(praat, "Down to Table", False, True, 9, False, 1, False, 9, True)
    rows = call(table, "List", False).replace("--undefined--", "nan").split("\n")[1:]
    values = np.array(" ".join(rows).split(), dtype=float).reshape(-1, 1 + 2 * N_FORMANTS)
    frequency = values[:, 1 : 1 + 2 * N_KEPT : 2].T
    bandwidth = values[:, 2 : 2 + 2 * N_KEPT : 2].T
    return values[:, 0], frequency, bandwidth
