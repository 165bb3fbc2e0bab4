"""Harmonics-to-noise ratio from the pitch strength.

The normalised autocorrelation r at the pitch period is the share of power that is periodic, so
``HNR = 10 log10(r / (1 - r))`` dB (Boersma 1993). Taken from the pitch tracker's own strength it costs nothing;
Praat's separate harmonicity command uses a longer window and reads a little higher.
"""

import numpy as np

MAX_STRENGTH = 1 - 1e-6  # 60 dB: above, the ratio only counts rounding errors


def hnr_contour(strength: np.ndarray) -> np.ndarray:
    """HNR in dB of each frame, NaN where `strength` is NaN (unvoiced).

    Parameters
    ----------
    strength : ndarray of float64, shape (n_frames,)
        Pitch strength, 0 to 1.
    """
    r = np.clip(strength, 1 - MAX_STRENGTH, MAX_STRENGTH)
    return 10 * np.log10(r / (1 - r))
