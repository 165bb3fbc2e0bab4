"""Conversions between Hz, semitones and decibels.

Semitones are counted from 27.5 Hz (A0), the reference of eGeMAPS (Eyben et al. 2016), so that a value of
12 means one octave above A0 and differences are musical intervals.
"""

import numpy as np
from numpy.typing import ArrayLike

SEMITONE_REFERENCE_HZ = 27.5


def hz_to_st(frequency_hz: ArrayLike, reference_hz: ArrayLike = SEMITONE_REFERENCE_HZ) -> np.ndarray:
    """Convert frequency in Hz to semitones re `reference_hz`: ``12 log2(f / reference)``.

    Parameters
    ----------
    frequency_hz : array_like of float
        Frequencies in Hz. NaN, zero and negative values give NaN.
    reference_hz : float
        The frequency that corresponds to 0 st.
    """
    frequency = np.asarray(frequency_hz, dtype=float)
    defined = np.where(frequency > 0, frequency, np.nan)
    return 12.0 * np.log2(defined / reference_hz)


def db_to_amplitude(level_db: ArrayLike) -> np.ndarray:
    """Convert a level difference in dB to an amplitude ratio: ``10 ** (dB / 20)``."""
    return 10.0 ** (np.asarray(level_db, dtype=float) / 20.0)


def db_to_power(level_db: float) -> float:
    """Convert a level difference in dB to a power ratio: ``10 ** (dB / 10)``."""
    return 10 ** (level_db / 10)
