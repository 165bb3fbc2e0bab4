"""Distances or products of all pairs of rows, from which the kernel of a support vector machine is computed."""

import numpy as np
from sklearn.metrics.pairwise import euclidean_distances

#: The kernels that can be computed from such pairs.
KERNELS = ("rbf", "linear")


def pairs_of(kernel: str, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Squared distances of all rows of X to those of Y for an RBF kernel, inner products for a linear one.

    The mean of Y is subtracted first. This does not change the distances, but it improves their precision.
    """
    if kernel == "linear":
        return X @ Y.T
    centre = Y.mean(axis=0)
    around = X - centre
    return euclidean_distances(around, around if Y is X else Y - centre, squared=True)


class RowPairs:
    """Pairs of rows of one training set, computed once for all models that are fitted on it.

    A search shares one such object among its candidates. The rows of each request are compared value by value with the
    stored ones, so the pairs of another training set are never returned.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def of(self, kernel: str, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Same as :func:`pairs_of`, but computed only once for the same rows. The result must not be modified."""
        within = X is Y
        known = self._made.get((kernel, within))
        if known is None or not (np.array_equal(known[0], X) and (within or np.array_equal(known[1], Y))):
            known = self._made[kernel, within] = X, Y, pairs_of(kernel, X, Y)
        return known[2]
