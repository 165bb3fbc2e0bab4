"""The balance of low and high frequencies: alpha ratio, Hammarberg index and spectral slopes.

References
----------
Eyben, F. et al. (2016). The Geneva minimalistic acoustic parameter set (GeMAPS) for voice research and affective
    computing. IEEE Trans. Affective Computing 7(2), 190-202.
Hammarberg, B. et al. (1980). Perceptual and acoustic correlates of abnormal voice qualities. Acta
    Oto-laryngologica 90, 441-451.
"""

import numpy as np

from .spectrum import FLOOR_DB, FREQUENCIES_HZ

PIVOT_HZ, LOWEST_HZ, HIGHEST_HZ = 1000.0, 50.0, 5000.0
HAMMARBERG_PIVOT_HZ = 2000.0
#: From the first bin above 0 Hz; the bin at 0 Hz only contains the rest of the offset.
SLOPE_BANDS_HZ = ((FREQUENCIES_HZ[1], 500.0), (500.0, 1500.0))


def balance_contours(power: np.ndarray) -> np.ndarray:
    """Compute alpha ratio and Hammarberg index in dB, and slopes of 0-500 and 500-1500 Hz in dB/kHz.

    Parameters
    ----------
    power : ndarray of float64, shape (n_frames, 257)
        Bins more than 100 dB below the strongest bin of the clip are set to 100 dB below it.

    Returns
    -------
    ndarray of float64, shape (4, n_frames)
        Alpha ratio: energy from 1 to 5 kHz relative to 50 Hz to 1 kHz (high over low, as in openSMILE). Hammarberg
        index: strongest bin from 0 to 2 kHz relative to the strongest from 2 to 5 kHz. Slopes: least-squares lines
        through the spectrum in dB.
    """
    power = np.maximum(power, power.max() * 10 ** (-FLOOR_DB / 10))
    level_db = 10 * np.log10(power[:, : _band(0, HIGHEST_HZ).stop])
    low = power[:, _band(LOWEST_HZ, PIVOT_HZ)].sum(axis=1)
    high = power[:, _band(PIVOT_HZ, HIGHEST_HZ)].sum(axis=1)
    below = level_db[:, _band(0, HAMMARBERG_PIVOT_HZ)].max(axis=1)
    above = level_db[:, _band(HAMMARBERG_PIVOT_HZ, HIGHEST_HZ)].max(axis=1)
    slopes = [_slope(level_db, _band(*edges)) for edges in SLOPE_BANDS_HZ]
    return np.stack([10 * np.log10(high / low), below - above, *slopes])


def _band(low_hz: float, high_hz: float) -> slice:
    """Return the bins from `low_hz` up to, but not including, `high_hz`."""
    return slice(*np.searchsorted(FREQUENCIES_HZ, (low_hz, high_hz)))


def _slope(level_db: np.ndarray, band: slice) -> np.ndarray:
    centred = FREQUENCIES_HZ[band] - FREQUENCIES_HZ[band].mean()
    return level_db[:, band] @ (centred / (centred**2).sum()) * 1000
