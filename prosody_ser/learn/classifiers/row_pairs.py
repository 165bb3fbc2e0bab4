"""What the kernel of a support vector machine takes of two rows, for all pairs of rows at once, by BLAS."""

import numpy as np
from sklearn.metrics.pairwise import euclidean_distances

#: The kernels that are known by their pairs.
KERNELS = ("rbf", "linear")


def pairs_of(kernel: str, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Squared distances of all rows of X to those of Y for an RBF kernel, products for a linear one.

    Distances are taken around the mean of Y: what all rows have in common changes none of them, and costs digits.
    """
    if kernel == "linear":
        return X @ Y.T
    centre = Y.mean(axis=0)
    around = X - centre
    return euclidean_distances(around, around if Y is X else Y - centre, squared=True)


class RowPairs:
    """Pairs of the rows of one training set, and of others with them, made once for all models that learn from it.

    A search gives one to its candidates. They are looked up by the rows themselves, compared value by value, so that
    no other training set can be answered with them.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def of(self, kernel: str, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """As :func:`pairs_of`, of the same rows as before without making them again. Not to be written into."""
        within = X is Y
        known = self._made.get((kernel, within))
        if known is None or not (np.array_equal(known[0], X) and (within or np.array_equal(known[1], Y))):
            known = self._made[kernel, within] = X, Y, pairs_of(kernel, X, Y)
        return known[2]
