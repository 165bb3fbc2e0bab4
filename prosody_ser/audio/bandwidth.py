"""Up to which frequency a recording holds sound, found in the sound and not in its header.

Telephone speech that is stored at 16 or 44.1 kHz has nothing above 4 kHz. Where such a recording ends, its spectrum
falls by 38 dB or more within a few hundred Hz and stays there; that of 55 whole recordings of EMO-DB, RAVDESS, EMOVO
and TESS fell by 14 dB at the most (``benchmarks/bandwidth.py``), and that of one more of RAVDESS by 20 to 28. The
spectrum is the 95 % quantile, over frames of 32 ms, of the power in each bin: what a recording holds now and then, a
fricative for instance, it does hold.
"""

from functools import cache

import numpy as np
from scipy.fft import rfft

from .filters import hann
from .frames import SAMPLE_RATE_HZ

WINDOW = 512
HOP = 256
QUANTILE = 0.95
#: Frames that are looked at, spread over the recording: more tell nothing new.
MOST_FRAMES = 500
#: From the telephone's band to just below the whole one.
LOWEST_EDGE_HZ, HIGHEST_EDGE_HZ, EDGE_STEP_HZ = 3375.0, 7000.0, 125.0
_EDGES_HZ = np.arange(LOWEST_EDGE_HZ, HIGHEST_EDGE_HZ + 1, EDGE_STEP_HZ)
#: The level below an edge is that of this band below it, the one above it the highest from so far above it on.
BELOW_HZ, ABOVE_HZ = (900.0, 200.0), 200.0
MIN_FALL_DB = 28.0
#: Lines with nothing between them, a steady tone's, tell no edge: the band below is to be as flat as this.
MIN_FLATNESS_DB = -8.0
#: Sample rates whose bands recordings have had.
RATES_HZ = (8000, 11025, 12000, SAMPLE_RATE_HZ)


def bandwidth_hz(samples: np.ndarray) -> float:
    """The highest frequency that samples hold, at most 8000.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech at 16 kHz.

    Returns
    -------
    float
        In steps of 125 Hz; 8000 where no edge is found.
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
    highest_db = np.maximum.accumulate(level_db[-5::-1])[::-1]  # from each line on
    fall_db = level_db[below].mean(axis=1) - highest_db[above]
    flatness_db = 10 * (np.log10(power[below]).mean(axis=1) - np.log10(power[below].mean(axis=1)))
    fall_db[flatness_db <= MIN_FLATNESS_DB] = -np.inf
    best = fall_db.argmax()
    return float(_EDGES_HZ[best]) if fall_db[best] > MIN_FALL_DB else SAMPLE_RATE_HZ / 2


def held_rate_hz(bandwidth: float, native_rate_hz: float) -> float:
    """The sample rate that a recording's band would have asked for: what looks at more than its half is undefined.

    Parameters
    ----------
    bandwidth : float
        From :func:`bandwidth_hz`.
    native_rate_hz : float
        What the recording is stored at.
    """
    nearest = min(RATES_HZ, key=lambda rate_hz: abs(np.log(rate_hz / (2 * bandwidth))))
    return native_rate_hz if nearest == SAMPLE_RATE_HZ else min(nearest, native_rate_hz)


@cache
def _bands() -> tuple[np.ndarray, np.ndarray]:
    """Of each edge the lines of the band below it, and the first one above it."""
    below = [range(_bin(hz - BELOW_HZ[0]), _bin(hz - BELOW_HZ[1])) for hz in _EDGES_HZ]
    return np.array(below), np.array([_bin(hz + ABOVE_HZ) for hz in _EDGES_HZ])


def _bin(frequency_hz: float) -> int:
    return round(frequency_hz * WINDOW / SAMPLE_RATE_HZ)


@cache
def _window() -> np.ndarray:
    return hann(WINDOW, periodic=True)
