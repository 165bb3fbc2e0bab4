"""Harmonics-to-noise ratio (HNR) from the periodicity of a frame.

The highest normalised cross-correlation r of a frame with the sound that follows it is the share of power that is
periodic, so ``HNR = 10 log10(r / (1 - r))`` dB (Boersma 1993). Praat's ``To Harmonicity (cc)`` computes the same
correlation over the same window of one period of the floor, and gives the same values.
"""

import numpy as np

#: Beyond this limit, the ratio only reflects rounding errors.
MAX_HNR_DB = 60.0


def hnr_of_periodicity(periodicity: np.ndarray) -> np.ndarray:
    """Convert periodicity to HNR in dB, -60 to 60; NaN stays NaN.

    Parameters
    ----------
    periodicity : ndarray of float64, shape (n_frames,)
        Share of the power that is periodic, 0 to 1.
    """
    with np.errstate(divide="ignore"):  # of an exactly periodic frame
        return within_range(10 * np.log10(periodicity / (1 - periodicity)))


def within_range(hnr_db: np.ndarray) -> np.ndarray:
    """Limit HNR to -60 to 60 dB."""
    return np.clip(hnr_db, -MAX_HNR_DB, MAX_HNR_DB)
