"""Windows and recursive filters that are bit-identical to those of SciPy.

Importing ``scipy.signal`` takes longer than measuring a clip of a few seconds, because it also imports SciPy's
statistics and optimisers. The functions that are needed here are therefore repeated, and tests compare them with
``scipy.signal``.
"""

import numpy as np
from numba import njit

from .. import compiled_code  # noqa: F401 - sets the folder for numba's compiled code


def hann(size: int, periodic: bool = False) -> np.ndarray:
    """Return a Hann window like ``scipy.signal.windows.hann(size, sym=not periodic)``.

    ``w[k] = 0.5 - 0.5 cos(2 pi k / (size - 1))``; a periodic window has `size` as the divisor.

    Parameters
    ----------
    size : int
        At least 1.
    periodic : bool
        Whether the window is periodic, as for spectra.

    Returns
    -------
    ndarray of float64, shape (size,)
    """
    if size == 1:
        return np.ones(1)
    turn = np.linspace(-np.pi, np.pi, size + periodic)
    return (0.5 + 0.5 * np.cos(turn))[:size]


@njit(cache=True, nogil=True)
def sosfilt(sections: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """Filter samples by a series of second-order sections, starting at rest, like ``scipy.signal.sosfilt``.

    Parameters
    ----------
    sections : ndarray of float64, shape (n_sections, 6)
        Each row is ``b0, b1, b2, 1, a1, a2``.
    samples : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    filtered = np.empty_like(samples)
    state = np.zeros((sections.shape[0], 2))
    for k in range(samples.size):
        value = samples[k]
        for s in range(sections.shape[0]):
            b0, b1, b2, _, a1, a2 = sections[s]
            out = b0 * value + state[s, 0]
            state[s, 0] = b1 * value - a1 * out + state[s, 1]
            state[s, 1] = b2 * value - a2 * out
            value = out
        filtered[k] = value
    return filtered


@njit(cache=True, nogil=True)
def lfilter(zeros: np.ndarray, poles: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Filter each row, starting at rest, like ``scipy.signal.lfilter(zeros, poles, rows, axis=1)``.

    Parameters
    ----------
    zeros : ndarray of float64, shape (n_zeros,)
    poles : ndarray of float64, shape (n_poles,)
        At most as many as zeros; the first one is 1.
    rows : ndarray of float64, shape (n_rows, n)

    Returns
    -------
    ndarray of float64, shape (n_rows, n)
    """
    order = zeros.size - 1
    back = np.zeros(order + 1)
    for n in range(poles.size):  # a slice would take numba two seconds longer to compile
        back[n] = poles[n]
    filtered = np.empty_like(rows)
    for row in range(rows.shape[0]):
        state = np.zeros(order + 1)  # the last one stays 0
        for k in range(rows.shape[1]):
            value = rows[row, k]
            out = state[0] + zeros[0] * value
            for n in range(order):
                state[n] = state[n + 1] + value * zeros[n + 1] - out * back[n + 1]
            filtered[row, k] = out
    return filtered
