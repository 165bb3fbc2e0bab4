"""Remove what is below any voice: rumble, wind, handling noise and a constant offset.

The filter is a Butterworth high-pass of order 4 at 50 Hz. It attenuates 70 Hz, the pitch of the deepest voices, by
0.3 dB. Mains hum lies in the range of voices: see :mod:`prosody_ser.audio.hum`.
"""

from functools import cache

import numpy as np
from scipy.signal import butter, sosfilt

from .frames import FRAME_STEP, SAMPLE_RATE_HZ

CUTOFF_HZ = 50.0
ORDER = 4


def high_passed(samples: np.ndarray) -> np.ndarray:
    """Remove what is below 50 Hz; digital silence (10 ms or more of equal samples) becomes 0.

    Silence that was added to a recording therefore changes nothing: the filter starts at the first sound.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        At 16 kHz.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    silent = _constant(samples)
    if silent.all():
        return np.zeros_like(samples)
    offset = samples[~silent].mean()
    filtered = sosfilt(high_pass(CUTOFF_HZ), np.where(silent, 0.0, samples - offset))
    filtered[silent] = 0.0
    return filtered


def _constant(samples: np.ndarray) -> np.ndarray:
    """Return a mask of the samples that belong to 10 ms or more of equal samples."""
    changes = np.concatenate([[0], np.flatnonzero(samples[1:] != samples[:-1]) + 1, [samples.size]])
    silent = np.zeros(samples.size, dtype=bool)
    for k in np.flatnonzero(np.diff(changes) >= FRAME_STEP):
        silent[changes[k] : changes[k + 1]] = True
    return silent


@cache
def high_pass(cutoff_hz: float) -> np.ndarray:
    """Return a Butterworth high-pass of order 4 at 16 kHz, as second-order sections."""
    return butter(ORDER, cutoff_hz, btype="high", fs=SAMPLE_RATE_HZ, output="sos")
