"""Measure the bandwidth of a recording: the highest frequency at which it contains sound.

The bandwidth is measured from the samples, because the sampling rate in the header can be higher: telephone speech
that is stored at 16 or 44.1 kHz has nothing above 4 kHz. At the band edge of such a recording the spectrum falls by
38 dB or more within a few hundred Hz and stays low. In 55 full-band recordings of EMO-DB, RAVDESS, EMOVO and TESS it
fell by at most 14 dB (``benchmarks/bandwidth.py``), and in one more of RAVDESS by 20 to 28 dB. The spectrum is the
95 % quantile of the power in each bin, over frames of 32 ms, so that sounds that occur only now and then, such as
fricatives, count.
"""

from functools import cache

import numpy as np
from scipy.fft import rfft

from .filters import hann
from .frames import SAMPLE_RATE_HZ

WINDOW = 512
HOP = 256
QUANTILE = 0.95
#: Largest number of frames that are analysed, spread over the recording; more do not change the result.
MOST_FRAMES = 500
#: Range of possible band edges, from telephone speech to just below the full band.
LOWEST_EDGE_HZ, HIGHEST_EDGE_HZ, EDGE_STEP_HZ = 3375.0, 7000.0, 125.0
_EDGES_HZ = np.arange(LOWEST_EDGE_HZ, HIGHEST_EDGE_HZ + 1, EDGE_STEP_HZ)
#: The level below an edge is the mean over this band below it; the level above is the maximum from this distance on.
BELOW_HZ, ABOVE_HZ = (900.0, 200.0), 200.0
MIN_FALL_DB = 28.0
#: Least spectral flatness of the band below an edge; the separate lines of a steady tone are not an edge.
MIN_FLATNESS_DB = -8.0
#: Sampling rates at which recordings are commonly made.
RATES_HZ = (8000, 11025, 12000, SAMPLE_RATE_HZ)


def bandwidth_hz(samples: np.ndarray) -> float:
    """Return the highest frequency in Hz at which the samples contain sound, at most 8000.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech at 16 kHz.

    Returns
    -------
    float
        In steps of 125 Hz; 8000 if no band edge is found.
    """
    if samples.size < WINDOW:
        return SAMPLE_RATE_HZ / 2
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    frames = frames[:: -(-len(frames) // MOST_FRAMES)]
    spectrum = rfft(frames * _window(), axis=1)
    power = np.quantile(spectrum.real**2 + spectrum.imag**2, QUANTILE, axis=0)
    power = np.maximum(power, power.max() * 1e-14)
    level_db = 10 * np.log10(np.maximum(np.convolve(power, np.ones(5) / 5, mode="same"), power.max() * 1e-14))
    below, above = _bands()
    highest_db = np.maximum.accumulate(level_db[-5::-1])[::-1]  # maximum from each line up to the highest frequency
    fall_db = level_db[below].mean(axis=1) - highest_db[above]
    flatness_db = 10 * (np.log10(power[below]).mean(axis=1) - np.log10(power[below].mean(axis=1)))
    fall_db[flatness_db <= MIN_FLATNESS_DB] = -np.inf
    best = fall_db.argmax()
    return float(_EDGES_HZ[best]) if fall_db[best] > MIN_FALL_DB else SAMPLE_RATE_HZ / 2


def held_rate_hz(bandwidth: float, native_rate_hz: float) -> float:
    """Return the sampling rate that matches a recording's bandwidth; measures above half of it are undefined.

    Parameters
    ----------
    bandwidth : float
        From :func:`bandwidth_hz`.
    native_rate_hz : float
        The sampling rate at which the recording is stored.
    """
    nearest = min(RATES_HZ, key=lambda rate_hz: abs(np.log(rate_hz / (2 * bandwidth))))
    return native_rate_hz if nearest == SAMPLE_RATE_HZ else min(nearest, native_rate_hz)


@cache
def _bands() -> tuple[np.ndarray, np.ndarray]:
    """Return, for each possible edge, the bins of the band below it, and the first bin above it."""
    below = [range(_bin(hz - BELOW_HZ[0]), _bin(hz - BELOW_HZ[1])) for hz in _EDGES_HZ]
    return np.array(below), np.array([_bin(hz + ABOVE_HZ) for hz in _EDGES_HZ])


def _bin(frequency_hz: float) -> int:
    return round(frequency_hz * WINDOW / SAMPLE_RATE_HZ)


@cache
def _window() -> np.ndarray:
    return hann(WINDOW, periodic=True)
