"""The recommended model: ridge regression on a kernel for each family of features, and a linear one over all."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import linalg
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ...catalogue import column
from .city_block import city_block

#: Family of columns without a name, or with a name that is not in the catalogue.
OTHER = "other"
#: Largest number of training clips from which bandwidths are computed; of more clips, an evenly spaced subset is used.
_ROWS_OF_BANDWIDTH = 2000


class FamilyRidgeClassifier(ClassifierMixin, BaseEstimator):
    """Kernel ridge regression to the classes, with one kernel for each family of features.

    The similarity of two clips is the sum of their similarities in pitch, intensity, formants and so on. Each family
    has the same weight, however many features it has. The kernel is

        ``(1 - s) / F * sum_f exp(-|x_f - z_f|_1 / m_f)  +  s * <u(x), u(z)>``

    over the F families f of the catalogue, with m_f the median distance of two training clips in the family; u(x) is
    the signed square root of all features, scaled to length 1. With the sum of absolute differences, a single wrong
    feature cannot dominate, and with families, the many spectral features do not outweigh the few pitch features.
    Targets are 1 for a clip's class and -1 for all others; the prediction is the class with the largest value.

    Features must be scaled to unit variance. The family of each column is found by its name
    (:func:`prosody_ser.catalogue.column`); columns without a known name form a separate family.

    Parameters
    ----------
    C : float
        Inverse strength of the regularisation.
    linear_share : float
        The share s of the linear kernel, from 0 to 1.
    class_weight : dict, "balanced" or None
        Weight of each class in the squared error, as in :class:`sklearn.svm.SVC`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    families_ : tuple of str
    family_of_ : ndarray of int64, shape (n_features,)
        Position in `families_` of each feature.
    bandwidths_ : ndarray of float64, shape (n_families,)
        m_f; 0 for a family in which all training clips have the same values, which then has no effect.
    rows_ : ndarray of float32, shape (n_clips, n_features)
        The training clips.
    dual_coef_ : ndarray of float64, shape (n_clips, n_outputs)
        One output for two classes.
    coef_ : ndarray of float64, shape (n_outputs, n_features)
        Coefficients of the linear kernel, on u(x).
    intercept_ : ndarray of float64, shape (n_outputs,)
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features,)
        Only if it was fitted on a DataFrame.

    References
    ----------
    Saunders, C., Gammerman, A. & Vovk, V. (1998). Ridge regression learning algorithm in dual variables. ICML, 515-521.
    Rahimi, A. & Recht, B. (2007). Random features for large-scale kernel machines. NeurIPS 20, 1177-1184. (Laplacian.)
    Gönen, M. & Alpaydin, E. (2011). Multiple kernel learning algorithms. Journal of Machine Learning Research 12,
        2211-2268. (A kernel for each view.)

    Examples
    --------
    >>> table = ser.load_emodb_features()
    >>> pipeline = ser.make_pipeline("best").fit(table.X, table.y)
    >>> pipeline[-1].families_
    ('formants', 'intensity', 'pitch', 'spectrum', 'timing', 'voice quality')
    """

    def __init__(self, C: float = 5.0, linear_share: float = 0.2, class_weight: Any = None) -> None:
        self.C = C
        self.linear_share = linear_share
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any) -> "FamilyRidgeClassifier":
        """Fit to clips and their classes.

        Parameters
        ----------
        X : array-like of shape (n_clips, n_features)
            Without NaN.
        y : array-like of shape (n_clips,)

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If C is not positive, `linear_share` is not from 0 to 1, or `y` has only one class.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        if not self.C > 0 or not 0 <= self.linear_share <= 1:
            raise ValueError(
                f"C must be positive and linear_share from 0 to 1 (got {self.C!r} and {self.linear_share!r})"
            )
        self.classes_, named = np.unique(y, return_inverse=True)
        if self.classes_.size < 2:
            raise ValueError("y must have at least two classes (got one class)")
        families = [getattr(column(str(name)), "family", OTHER) for name in getattr(self, "feature_names_in_", ())]
        names, family_of = np.unique(families or [OTHER] * X.shape[1], return_inverse=True)
        self.families_, self.family_of_ = tuple(map(str, names)), family_of
        self.rows_ = X.astype(np.float32)
        linear = unit_rows(X)
        kernel = self.linear_share * (linear @ linear.T)
        self.bandwidths_ = np.empty(len(names))
        for number, distances in enumerate(self._distances(self.rows_)):
            self.bandwidths_[number] = _median(distances)
            kernel += self._likeness(distances, number)
        weights = compute_class_weight(self.class_weight, classes=self.classes_, y=y)[named]
        targets = np.where(named[:, np.newaxis] == np.arange(self.classes_.size), 1.0, -1.0)
        self.dual_coef_, self.intercept_ = _ridge(
            kernel, targets[:, 1:] if self.classes_.size == 2 else targets, weights, self.C
        )
        self.coef_ = self.linear_share * (self.dual_coef_.T @ linear)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Value of the regression for each class: near 1 for clips of the class, near -1 for others.

        Returns
        -------
        ndarray of float64, shape (n_clips, n_classes), or (n_clips,) for two classes
        """
        X = self._checked(X)
        likeness = sum(self._likeness(d, number) for number, d in enumerate(self._distances(X.astype(np.float32))))
        values = likeness @ self.dual_coef_ + unit_rows(X) @ self.coef_.T + self.intercept_
        return values[:, 0] if self.classes_.size == 2 else values

    def predict(self, X: Any) -> np.ndarray:
        """Predict the class with the largest value, shape (n_clips,)."""
        values = self.decision_function(X)
        return self.classes_[(values > 0).astype(int) if values.ndim == 1 else values.argmax(axis=1)]

    def family_scores(self, X: Any) -> np.ndarray:
        """Contribution of each family to the decision values, which are the sum of all contributions and `intercept_`.

        Returns
        -------
        ndarray of float64, shape (n_families, n_clips, n_outputs)
        """
        X = self._checked(X)
        linear = unit_rows(X)
        parts = []
        for number, distances in enumerate(self._distances(X.astype(np.float32))):
            members = self.family_of_ == number
            nonlinear = self._likeness(distances, number) @ self.dual_coef_
            parts.append(nonlinear + linear[:, members] @ self.coef_[:, members].T)
        return np.array(parts)

    @property
    def family_share(self) -> float:
        """Share of one family in the kernel."""
        return (1 - self.linear_share) / len(self.families_)

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return validate_data(self, X, dtype=np.float64, reset=False)

    def _distances(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """For each family, yield the distances of the rows to the training clips."""
        for number in range(len(self.families_)):
            members = self.family_of_ == number
            yield city_block(np.ascontiguousarray(rows[:, members]), np.ascontiguousarray(self.rows_[:, members]))

    def _likeness(self, distances: np.ndarray, number: int) -> np.ndarray:
        """The part of the kernel that belongs to a family."""
        bandwidth = self.bandwidths_[number]
        return self.family_share * np.exp(-distances / bandwidth) if bandwidth > 0 else np.zeros(distances.shape)


def _median(distances: np.ndarray) -> float:
    """Median distance of two training clips; 0 if there is only one clip."""
    spread = np.linspace(0, len(distances) - 1, min(len(distances), _ROWS_OF_BANDWIDTH)).astype(int)
    pairs = distances[np.ix_(spread, spread)][np.tril_indices(spread.size, -1)]
    return float(np.median(pairs.astype(np.float64))) if pairs.size else 0.0


def signed_roots(X: np.ndarray) -> np.ndarray:
    """Square roots of the absolute values, with the signs of the values."""
    return np.sign(X) * np.sqrt(np.abs(X))


def unit_rows(X: np.ndarray) -> np.ndarray:
    """Signed square roots, with each row scaled to length 1; a row of zeros is unchanged."""
    roots = signed_roots(X)
    return roots / np.maximum(np.linalg.norm(roots, axis=1, keepdims=True), np.finfo(float).tiny)


def _ridge(kernel: np.ndarray, targets: np.ndarray, weights: np.ndarray, C: float) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients a and intercept b that minimise ``sum w (y - K a - b)^2 + a' K a / C``.

    Kernel and targets are centred by their weighted means, so that the equations do not contain the intercept.
    """
    share = weights / weights.sum()
    mean_target, mean_kernel = share @ targets, share @ kernel
    overall = mean_kernel @ share
    root = np.sqrt(weights)
    equations = (kernel - mean_kernel - mean_kernel[:, np.newaxis] + overall) * root * root[:, np.newaxis]
    equations[np.diag_indices_from(equations)] += 1 / C
    solved = linalg.solve(equations, root[:, np.newaxis] * (targets - mean_target), assume_a="pos", overwrite_a=True)
    centred = root[:, np.newaxis] * solved
    total = centred.sum(axis=0)
    return centred - share[:, np.newaxis] * total, mean_target - mean_kernel @ centred + overall * total
