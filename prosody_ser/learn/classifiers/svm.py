"""scikit-learn's support vector machine on the Gram matrix of its training rows, which is several times as fast."""

from typing import Any

import numpy as np
from sklearn import svm
from sklearn.utils import gen_batches

from .row_pairs import KERNELS, RowPairs, pairs_of

#: Largest number of pairs of rows in memory: 512 MiB of doubles, or 8,192 training clips. With more rows, libsvm
#: computes the pairs that it needs, and keeps few of them.
MOST_PAIRS = 8192**2


class SVC(svm.SVC):
    """:class:`sklearn.svm.SVC` with the same results, but faster.

    libsvm has one machine for each pair of classes, and computes the kernel of the same two rows again for each of
    them. Here BLAS computes the Gram matrix of the training rows once, and libsvm solves its problems on that matrix.
    The kernel of new rows and support vectors is also computed by BLAS. Support vectors, coefficients and decisions
    agree with scikit-learn's up to rounding, within libsvm's tolerance. Parameters, attributes and the class name are
    those of scikit-learn, because files and results use that name.

    Kernels other than RBF and linear, sparse rows, more than 8,192 rows and `probability=True` are handled by
    scikit-learn.
    """

    #: Set by a search for candidates that learn from the same rows (:meth:`share`).
    _shared: RowPairs | None = None

    def share(self, pairs: RowPairs) -> None:
        """Use these pairs of rows from now on, together with other models that are fitted on the same rows."""
        self._shared = pairs

    def _dense_fit(
        self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray, solver_type: int, kernel: str, random_seed: int
    ) -> None:
        if kernel in KERNELS and not self._effective_probability and len(X) ** 2 <= MOST_PAIRS:
            super()._dense_fit(self._kernel_of(X, X), y, sample_weight, solver_type, "precomputed", random_seed)
        else:
            super()._dense_fit(X, y, sample_weight, solver_type, kernel, random_seed)
        if kernel in KERNELS:
            # For a Gram matrix libsvm returns no support vectors; it numbers the rows whose weight is not 0.
            rows = X[sample_weight > 0] if sample_weight.size else X
            self.support_vectors_ = rows[self.support_]
            if self._shared is not None:
                self._rows = rows

    def _dense_decision_function(self, X: np.ndarray) -> np.ndarray:
        if self.kernel not in KERNELS:
            return super()._dense_decision_function(X)
        weights, _, _ = machines_of(self)
        # If pairs are shared, use all training rows, because other models need these pairs as well.
        vectors, used = (self.support_vectors_, slice(None)) if self._shared is None else (self._rows, self.support_)
        blocks = gen_batches(len(X), max(1, MOST_PAIRS // len(vectors)))
        kernels = (self._kernel_of(X[block], vectors)[:, used] for block in blocks)
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

    In libsvm's order, for the machine that separates class i from class j, the vectors of i have the coefficients in
    row j - 1, and those of j the coefficients in row i. The weighted kernel plus the machine's entry in `_intercept_`
    is positive for the first of the two classes.

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
    """Whether a model is exactly this SVC or scikit-learn's, not a subclass that may behave differently."""
    return type(model) in (SVC, svm.SVC)
