"""Harmonics-to-noise ratio from the share of a frame that repeats.

The highest normalised cross-correlation r of a frame with what follows it is the share of power that is periodic, so
``HNR = 10 log10(r / (1 - r))`` dB (Boersma 1993). Praat's ``To Harmonicity (cc)`` takes the same correlation over the
same window of one period of the floor, and has these values.
"""

import numpy as np

#: Beyond, the ratio only counts rounding errors.
MAX_HNR_DB = 60.0


def hnr_of_periodicity(periodicity: np.ndarray) -> np.ndarray:
    """HNR in dB, -60 to 60; NaN where `periodicity` is NaN.

    Parameters
    ----------
    periodicity : ndarray of float64, shape (n_frames,)
        Share of the power that is periodic, 0 to 1.
    """
    with np.errstate(divide="ignore"):  # of what repeats exactly
        return within_range(10 * np.log10(periodicity / (1 - periodicity)))


def within_range(hnr_db: np.ndarray) -> np.ndarray:
    """HNR cut off at 60 dB to either side."""
    return np.clip(hnr_db, -MAX_HNR_DB, MAX_HNR_DB)
