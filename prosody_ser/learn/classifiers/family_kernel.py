"""Kernels between rows of features: of each family of features one, and what is compiled for them."""

import numpy as np
from numba import njit

from ...compiled_code import ANY_ORDER


def laplacian_sum(
    rows: np.ndarray, others: np.ndarray, ends: np.ndarray, bandwidths: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Weighted sum over families of ``exp(-d / bandwidth)``, d being the sum of absolute differences in a family.

    Parameters
    ----------
    rows, others : ndarray of float32, shapes (n_rows, n_features) and (n_others, n_features)
        With the features of a family side by side.
    ends : ndarray of int64, shape (n_families,)
        Where each family ends.
    bandwidths, weights : ndarray of float64, shape (n_families,)
        A family of weight 0 is left out.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_others)
        Each value is the same whichever other rows are asked for with it.
    """
    return _laplacian_sum(rows, others, ends, bandwidths, weights)


@njit(cache=True, fastmath=ANY_ORDER)
def _distance(one: np.ndarray, other: np.ndarray) -> np.float32:
    total = np.float32(0.0)
    for k in range(one.size):  # from 0: with an index that could be negative it would not run in vectors
        total += abs(one[k] - other[k])
    return total


@njit(cache=True)
def _laplacian_sum(
    rows: np.ndarray, others: np.ndarray, ends: np.ndarray, bandwidths: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    kernel = np.zeros((rows.shape[0], others.shape[0]))
    start = 0
    for family in range(ends.size):
        if weights[family] != 0.0:
            for i in range(rows.shape[0]):
                for j in range(others.shape[0]):
                    distance = _distance(rows[i, start : ends[family]], others[j, start : ends[family]])
                    kernel[i, j] += weights[family] * np.exp(-distance / bandwidths[family])
        start = ends[family]
    return kernel


def median_distances(rows: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Median over pairs of rows of their distance in each family, float64, shape (n_families,)."""
    return np.array([np.median(distances) for distances in _pair_distances(rows, ends)])


@njit(cache=True)
def _pair_distances(rows: np.ndarray, ends: np.ndarray) -> np.ndarray:
    n_rows = rows.shape[0]
    found = np.empty((ends.size, n_rows * (n_rows - 1) // 2))
    start = 0
    for family in range(ends.size):
        place = 0
        for i in range(n_rows):
            for j in range(i):
                found[family, place] = _distance(rows[i, start : ends[family]], rows[j, start : ends[family]])
                place += 1
        start = ends[family]
    return found
