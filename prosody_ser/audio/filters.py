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
    _filter_sections(sections, samples, np.zeros((len(sections), 2)), filtered)
    return filtered


@njit(cache=True, nogil=True)
def _filter_sections(sections: np.ndarray, samples: np.ndarray, state: np.ndarray, filtered: np.ndarray) -> None:
    for k in range(samples.size):
        value = samples[k]
        for s in range(sections.shape[0]):
            b0, b1, b2, _, a1, a2 = sections[s]
            out = b0 * value + state[s, 0]
            state[s, 0] = b1 * value - a1 * out + state[s, 1]
            state[s, 1] = b2 * value - a2 * out
            value = out
        filtered[k] = value


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
    filtered = np.empty_like(rows)
    back = np.pad(poles, (0, zeros.size - poles.size))
    state = np.zeros((len(rows), zeros.size))  # the last one of a row stays 0
    _filter_rows(zeros, back, rows, state, filtered)
    return filtered


@njit(cache=True, nogil=True)
def _filter_rows(
    zeros: np.ndarray, poles: np.ndarray, rows: np.ndarray, states: np.ndarray, filtered: np.ndarray
) -> None:
    for row in range(rows.shape[0]):
        state = states[row]
        for k in range(rows.shape[1]):
            value = rows[row, k]
            out = state[0] + zeros[0] * value
            for n in range(zeros.size - 1):
                state[n] = state[n + 1] + value * zeros[n + 1] - out * poles[n + 1]
            filtered[row, k] = out
