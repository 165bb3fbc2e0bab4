"""Feature selection inside the fold: a pipeline step between scaling and balancing, fitted on training clips only."""

import warnings
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.feature_selection import RFE, SelectKBest, SelectorMixin, f_classif, mutual_info_classif
from sklearn.svm import LinearSVC
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ...errors import ProtocolError

#: Default share of features to keep, and default limit of the correlation.
SHARE, CORRELATION = 0.25, 0.9


class _Selector(SelectorMixin, BaseEstimator):
    """Base of the selectors, whose choice is in `support_`."""

    def _get_support_mask(self) -> np.ndarray:
        check_is_fitted(self)
        return self.support_


class _SupervisedSelector(_Selector):
    """Base of the selectors that use the emotions and keep `k` features."""

    def fit(self, X: np.ndarray | pd.DataFrame, y: np.ndarray) -> Self:
        """Choose features by the emotions of these rows, which must not have NaN."""
        X, y = validate_data(self, X, y, ensure_min_samples=2)
        check_classification_targets(y)
        self.support_ = self._chosen(X, y, _n_chosen(self.k, X.shape[1]))
        return self

    def _chosen(self, X: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class BestFeatures(_SupervisedSelector):
    """Keep the k features that separate the emotions best, each taken alone.

    This is :class:`sklearn.feature_selection.SelectKBest` with two criteria to choose from.

    Parameters
    ----------
    k : int or float
        Number of features; a float below 1 is a share of all features.
    criterion : {"anova", "mutual-information"}
        The F of an analysis of variance, which compares means only; or mutual information, estimated from nearest
        neighbours, which detects any dependence and takes longer.
    random_state : int, RandomState or None
        Seed for the small noise that the estimate of mutual information adds.

    Attributes
    ----------
    support_ : ndarray of bool, shape (n_features,)
        A feature that is constant in these rows is chosen last.

    References
    ----------
    Ross, B. C. (2014). Mutual information between discrete and continuous data sets. PLoS ONE 9(2), e87357.
    """

    def __init__(self, k: float = SHARE, criterion: str = "anova", random_state: int | None = None) -> None:
        self.k = k
        self.criterion = criterion
        self.random_state = random_state

    def _chosen(self, X: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
        if self.criterion not in ("anova", "mutual-information"):
            raise ValueError(f"criterion must be 'anova' or 'mutual-information', got {self.criterion!r}")
        with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
            warnings.filterwarnings("ignore", message="Features .* are constant")
            return SelectKBest(self._scores, k=k).fit(X, y).get_support()

    def _scores(self, X: np.ndarray, y: np.ndarray) -> Any:
        if self.criterion == "anova":
            return f_classif(X, y)
        return mutual_info_classif(X, y, discrete_features=False, random_state=self.random_state)


class EliminatedFeatures(_SupervisedSelector):
    """Recursive feature elimination: repeatedly fit a linear SVM and remove the features with the smallest weights.

    Parameters
    ----------
    k : int or float
        Number of features to keep; a float below 1 is a share of all features.
    step : int or float
        Number of features to remove at a time; a float below 1 is a share of all features.
    C : float
        Parameter of the support vector machine.
    random_state : int, RandomState or None
        Parameter of the support vector machine.

    Attributes
    ----------
    support_ : ndarray of bool, shape (n_features,)

    References
    ----------
    Guyon, I., Weston, J., Barnhill, S. & Vapnik, V. (2002). Gene selection for cancer classification using support
        vector machines. Machine Learning 46, 389-422.
    """

    def __init__(self, k: float = SHARE, step: float = 0.1, C: float = 0.01, random_state: int | None = None) -> None:
        self.k = k
        self.step = step
        self.C = C
        self.random_state = random_state

    def _chosen(self, X: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
        linear = LinearSVC(C=self.C, max_iter=20000, random_state=self.random_state)
        return RFE(linear, n_features_to_select=k, step=self.step).fit(X, y).get_support()


class UncorrelatedFeatures(_Selector):
    """Keep only the first of correlated features, so that no two kept features correlate above a threshold.

    Features are visited in the order of the table. A feature is kept if its correlation with every feature kept before
    is at most `threshold` in absolute value. The emotions are not used. Each removed feature is therefore represented
    by a kept one further to the left.

    Parameters
    ----------
    threshold : float
        Largest absolute Pearson correlation that two kept features may have, above 0 and at most 1.

    Attributes
    ----------
    support_ : ndarray of bool, shape (n_features,)
        A feature that is constant in these rows has no correlation and is kept.
    """

    def __init__(self, threshold: float = CORRELATION) -> None:
        self.threshold = threshold

    def fit(self, X: np.ndarray | pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Choose features by the correlations in these rows, which must not have NaN; `y` is ignored."""
        if not 0 < self.threshold <= 1:
            raise ProtocolError(
                f"the correlation threshold of a selection must be above 0 and at most 1 (got {self.threshold})"
            )
        X = validate_data(self, X, dtype=float)
        centred = X - X.mean(axis=0)
        length = np.sqrt((centred**2).sum(axis=0))
        varies = length > 1e-12 * np.abs(X).max(axis=0) * np.sqrt(len(X))  # beyond rounding
        unit = np.divide(centred, length, out=np.zeros_like(centred), where=varies)
        close = np.abs(unit.T @ unit) > self.threshold + 1e-9  # a perfect correlation is not above 1
        self.support_ = np.zeros(X.shape[1], dtype=bool)
        for feature in range(X.shape[1]):
            self.support_[feature] = not (close[feature, :feature] & self.support_[:feature]).any()
        return self


#: Ways of selecting by name; each function makes a selector from a number and a seed.
SELECTIONS = {
    "none": None,
    "kbest": lambda number, seed: BestFeatures(number, "anova"),
    "mi": lambda number, seed: BestFeatures(number, "mutual-information", random_state=seed),
    "corr": lambda number, seed: UncorrelatedFeatures(number),
    "rfe": lambda number, seed: EliminatedFeatures(number, random_state=seed),
}


def make_selector(select: str, seed: int = 0) -> Any:
    """Make the selector that a name asks for; None for ``"none"``.

    ``"kbest:50"``, ``"mi:50"`` and ``"rfe:50"`` keep this number of features, and ``"kbest:0.2"`` this share of them.
    ``"corr:0.9"`` removes each feature that has a larger correlation with an earlier one. Without a number, the default
    is a quarter of the features, or a correlation of 0.9.
    """
    name, given = selection_parts(select)
    make = SELECTIONS[name]
    if make is None:
        return None
    default = CORRELATION if name == "corr" else SHARE
    return make(default if given is None else given, seed)


def selection_parts(select: str) -> tuple[str, int | float | None]:
    """Split a selection into name and number (None if not given); a ProtocolError if it is not valid."""
    name, colon, text = str(select).partition(":")
    unknown = ProtocolError(
        f"unknown selection {select!r}: use 'none', 'kbest:50', 'mi:50', 'rfe:50' (with a number of features, or a "
        "share below 1) or 'corr:0.9' (with a correlation)"
    )
    if name not in SELECTIONS or (name == "none" and colon):
        raise unknown
    if not colon:
        return name, None
    try:
        number = float(text) if name == "corr" or not text.isdigit() else int(text)
    except ValueError:
        raise unknown from None
    if not (0 < number <= 1 if name == "corr" else (isinstance(number, int) and number >= 1) or 0 < number < 1):
        raise unknown
    return name, number


def _n_chosen(k: float, n_features: int) -> int:
    if isinstance(k, float | np.floating):
        if not 0 < k <= 1:
            raise ProtocolError(f"the share of features to select must be above 0 and at most 1 (got {k:g})")
        return max(1, round(k * n_features))
    if not 1 <= k <= n_features:
        raise ProtocolError(
            f"the number of features to select must be from 1 to {n_features}, the number in the table (got {k})"
        )
    return int(k)


def described(selector: BaseEstimator, searched: bool = False) -> str:
    """Describe a selector in words; `searched` if its number is chosen in each fold."""
    if isinstance(selector, UncorrelatedFeatures):
        limit = "searched in each fold" if searched else f"{selector.threshold:g}"
        return f"the first of correlated features; largest absolute correlation that remains: {limit}"
    if not isinstance(selector, BestFeatures | EliminatedFeatures):
        return type(selector).__name__
    how = "recursive elimination, linear support vector machine"
    if isinstance(selector, BestFeatures):
        how = {"anova": "best by ANOVA F", "mutual-information": "best by mutual information"}[selector.criterion]
    number = f"a share of {selector.k:g}" if isinstance(selector.k, float) else str(selector.k)
    return f"{how}: {'number searched in each fold' if searched else number}"
