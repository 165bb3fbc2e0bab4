"""Remove what is below any voice: rumble, wind, handling noise and a constant offset.

The filter is a Butterworth high-pass of order 4 at 50 Hz. It attenuates 70 Hz, the pitch of the deepest voices, by
0.3 dB. Mains hum lies in the range of voices: see :mod:`prosody_ser.audio.hum`.
"""

import numpy as np

from .filters import sosfilt
from .frames import FRAME_STEP

CUTOFF_HZ = 50.0
#: Second-order sections of Butterworth high-passes of order 4 at 16 kHz by cutoff frequency in Hz, as returned by
#: ``scipy.signal.butter(4, cutoff_hz, "high", fs=16000, output="sos")``.
SECTIONS = {
    50.0: np.array(
        [
            [0.9746715011476549, -1.9493430022953098, 0.9746715011476549, 1.0, -1.9639893509038986, 0.9643680015329213],
            [1.0, -2.0, 1.0, 1.0, -1.9847024413583025, 0.985085085402425],
        ]
    ),
    120.0: np.array(
        [
            [0.9402805365982765, -1.880561073196553, 0.9402805365982765, 1.0, -1.9144610905921862, 0.9165887437442231],
            [1.0, -2.0, 1.0, 1.0, -1.9624037752498193, 0.9645847099256387],
        ]
    ),
}


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
    filtered = sosfilt(SECTIONS[CUTOFF_HZ], np.where(silent, 0.0, samples - offset))
    filtered[silent] = 0.0
    return filtered


def _constant(samples: np.ndarray) -> np.ndarray:
    """Return a mask of the samples that belong to 10 ms or more of equal samples."""
    changes = np.concatenate([[0], np.flatnonzero(samples[1:] != samples[:-1]) + 1, [samples.size]])
    silent = np.zeros(samples.size, dtype=bool)
    for k in np.flatnonzero(np.diff(changes) >= FRAME_STEP):
        silent[changes[k] : changes[k + 1]] = True
    return silent
