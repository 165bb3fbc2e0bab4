"""Measure the noise floor of a recording: the level of its quietest parts."""

import math

import numpy as np

from .frames import SAMPLE_RATE_HZ

#: Length of a window in samples (20 ms); a twentieth of the windows is at the noise floor or below.
WINDOW = SAMPLE_RATE_HZ // 50
QUANTILE = 0.05
#: Level given to digital silence, below the noise of any converter.
LEAST_DB = -120.0


def noise_floor_db(samples: np.ndarray) -> float:
    """Return the 5 % quantile of the level of a recording, in dB re full scale (RMS), at least -120.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        The whole recording at 16 kHz in [-1, 1], silence at its ends included.

    Returns
    -------
    float
        NaN for less than 20 ms.
    """
    n = samples.size // WINDOW
    if not n:
        return math.nan
    windows = samples[: n * WINDOW].reshape(n, WINDOW)
    power = np.einsum("ij,ij->i", windows, windows) / WINDOW  # without a second copy of the samples
    floor = float(np.quantile(power, QUANTILE))
    return max(10 * math.log10(floor), LEAST_DB) if floor > 0 else LEAST_DB
