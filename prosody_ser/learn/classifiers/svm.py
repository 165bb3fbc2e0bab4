"""scikit-learn's support vector machine over the Gram matrix of its training rows, several times as fast."""

from typing import Any

import numpy as np
from sklearn import svm
from sklearn.utils import gen_batches

from .row_pairs import KERNELS, RowPairs, pairs_of

#: Pairs of rows that are held at once: 512 MiB of doubles, which is a training set of 8,192 clips. Of more rows libsvm
#: works out those pairs that it asks for, and keeps few.
MOST_PAIRS = 8192**2


class SVC(svm.SVC):
    """:class:`sklearn.svm.SVC`, with the same answers.

    libsvm has one machine for each pair of classes, and works out the kernel of the same two rows for each of them, one
    pair of rows after the other. Here the Gram matrix of the rows that are fitted is made once, by BLAS, and libsvm
    solves its problems over that; so is the kernel of new rows and support vectors. Support vectors, coefficients and
    decisions agree with scikit-learn's to rounding, as far as libsvm's tolerance lets them. Parameters and attributes
    are scikit-learn's, and so is the name, as files and results call the model by it.

    Other kernels than the RBF and the linear one, sparse rows, more than 8,192 rows and `probability=True` are left to
    scikit-learn.
    """

    #: Given by a search to candidates that learn from the same rows (:meth:`share`).
    _shared: RowPairs | None = None

    def share(self, pairs: RowPairs) -> None:
        """Look up pairs of rows there from now on, with other models that are fitted on the same rows."""
        self._shared = pairs

    def _dense_fit(
        self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray, solver_type: int, kernel: str, random_seed: int
    ) -> None:
        if kernel in KERNELS and not self._effective_probability and len(X) ** 2 <= MOST_PAIRS:
            super()._dense_fit(self._kernel_of(X, X), y, sample_weight, solver_type, "precomputed", random_seed)
        else:
            super()._dense_fit(X, y, sample_weight, solver_type, kernel, random_seed)
        if kernel in KERNELS:
            # libsvm counts the rows that weigh something, and hands out none of a Gram matrix
            rows = X[sample_weight > 0] if sample_weight.size else X
            self.support_vectors_ = rows[self.support_]
            if self._shared is not None:
                self._rows = rows

    def _dense_decision_function(self, X: np.ndarray) -> np.ndarray:
        if self.kernel not in KERNELS:
            return super()._dense_decision_function(X)
        weights, _, _ = machines_of(self)
        # of all rows that it learned from, where other models ask for these, too
        vectors, own = (self.support_vectors_, slice(None)) if self._shared is None else (self._rows, self.support_)
        blocks = gen_batches(len(X), max(1, MOST_PAIRS // len(vectors)))
        kernels = (self._kernel_of(X[block], vectors)[:, own] for block in blocks)
        return np.concatenate([kernel @ weights + self._intercept_ for kernel in kernels])

    def _dense_predict(self, X: np.ndarray) -> np.ndarray:
        if self.kernel not in KERNELS:
            return super()._dense_predict(X)
        of_first = self._dense_decision_function(X) > 0
        classes = np.eye(len(self.classes_))
        first, second = np.triu_indices(len(classes), 1)
        return (of_first @ classes[first] + ~of_first @ classes[second]).argmax(axis=1)

    def _kernel_of(self, X: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        pairs = (self._shared.of if self._shared else pairs_of)(self.kernel, X, vectors)
        if self.kernel == "linear":
            return pairs
        exponents = pairs * -self._gamma
        return np.exp(exponents, out=exponents)


def machines_of(model: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of a fitted SVC's machines for all pairs of classes, and the two classes of each.

    libsvm's order: of the machine that tells class i from class j, the vectors of i have the coefficients of row j - 1,
    those of j of row i. Its weighted kernel and its entry of `_intercept_` sum to more than 0 for the first of the two.

    Parameters
    ----------
    model : sklearn.svm.SVC

    Returns
    -------
    weights : ndarray of shape (n_vectors, n_pairs)
    first, second : ndarray of int, shape (n_pairs,)
    """
    first, second = np.triu_indices(len(model.classes_), 1)
    ends = np.cumsum(model._n_support)
    starts = ends - model._n_support
    weights = np.zeros((ends[-1], first.size))
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        weights[starts[i] : ends[i], pair] = model._dual_coef_[j - 1, starts[i] : ends[i]]
        weights[starts[j] : ends[j], pair] = model._dual_coef_[i, starts[j] : ends[j]]
    return weights, first, second


def is_svc(model: Any) -> bool:
    """Whether a model is this SVC or scikit-learn's, and no class of a user's own that does otherwise."""
    return type(model) in (SVC, svm.SVC)
