"""Features chosen inside the fold: a pipeline step between scaling and balancing, fitted on training clips only."""

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

#: Share of the features that is kept, and correlation that is too high, if not said otherwise.
SHARE, CORRELATION = 0.25, 0.9


class _Selector(SelectorMixin, BaseEstimator):
    """What has its choice in `support_`."""

    def _get_support_mask(self) -> np.ndarray:
        check_is_fitted(self)
        return self.support_


class _SupervisedSelector(_Selector):
    """What the selectors that look at the emotion share: how many features `k` stands for."""

    def fit(self, X: np.ndarray | pd.DataFrame, y: np.ndarray) -> Self:
        """Choose features by the emotions of these rows, which are without NaN."""
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
    """The k features that, each alone, tell the emotions best (:class:`sklearn.feature_selection.SelectKBest`).

    Parameters
    ----------
    k : int or float
        How many; a float below 1 is a share of the features.
    criterion : {"anova", "mutual-information"}
        The F of an analysis of variance, which sees means only; or mutual information, estimated from nearest
        neighbours, which sees any dependence and takes longer.
    random_state : int, RandomState or None
        Of the tiny noise that the estimate of mutual information adds.

    Attributes
    ----------
    support_ : ndarray of bool, shape (n_features,)
        A feature that is constant in these rows is taken last.

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
    """Recursive elimination: a linear support vector machine is fitted, the features of least weight go, and again.

    Parameters
    ----------
    k : int or float
        How many are left; a float below 1 is a share of the features.
    step : int or float
        How many go at a time; a float below 1 is a share of all features.
    C : float
        Of the support vector machine.
    random_state : int, RandomState or None
        Of the support vector machine.

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
    """Of features that go together only the first: no two that are left correlate above a threshold.

    Features are taken in the order of the table, and one is kept if its correlation with every feature kept before is
    at most `threshold` in absolute value. The emotions are not looked at. So each feature that goes has a stand-in,
    further to the left, among those that stay.

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
        """Choose features by the correlations in these rows, which are without NaN; `y` is ignored."""
        if not 0 < self.threshold <= 1:
            raise ProtocolError(f"correlation {self.threshold}: take one above 0, and at most 1")
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


#: Ways of selecting by name: what makes one, from its number and a seed.
SELECTIONS = {
    "none": None,
    "kbest": lambda number, seed: BestFeatures(number, "anova"),
    "mi": lambda number, seed: BestFeatures(number, "mutual-information", random_state=seed),
    "corr": lambda number, seed: UncorrelatedFeatures(number),
    "rfe": lambda number, seed: EliminatedFeatures(number, random_state=seed),
}


def make_selector(select: str, seed: int = 0) -> Any:
    """The selector that a name asks for, or None.

    ``"none"``; ``"kbest:50"``, ``"mi:50"``, ``"rfe:50"``: so many features, or with ``"kbest:0.2"`` that share of
    them; ``"corr:0.9"``: none that correlates more with one before it. Without a number a quarter of the features, or
    0.9.
    """
    name, given = selection_parts(select)
    make = SELECTIONS[name]
    if make is None:
        return None
    default = CORRELATION if name == "corr" else SHARE
    return make(default if given is None else given, seed)


def selection_parts(select: str) -> tuple[str, int | float | None]:
    """Name and number of a selection, the number None if not given; refused as by :func:`make_selector`."""
    name, colon, text = str(select).partition(":")
    unknown = ProtocolError(
        f"unknown selection {select!r}; say 'none', 'kbest:50', 'mi:50', 'rfe:50' (a number of features, or a share "
        "below 1) or 'corr:0.9' (a correlation)"
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
            raise ProtocolError(f"selection of a share of {k:g} of the features: take one above 0, and at most 1")
        return max(1, round(k * n_features))
    if not 1 <= k <= n_features:
        raise ProtocolError(f"selection of {k} features, but the table has {n_features}: take from 1 to {n_features}")
    return int(k)


def described(selector: BaseEstimator, searched: bool = False) -> str:
    """What a selector does, in words; `searched` if its number is chosen in each fold."""
    if isinstance(selector, UncorrelatedFeatures):
        limit = "searched in each fold" if searched else f"{selector.threshold:g}"
        return f"the first of features that correlate; largest absolute correlation left: {limit}"
    if not isinstance(selector, BestFeatures | EliminatedFeatures):
        return type(selector).__name__
    how = "recursive elimination, linear support vector machine"
    if isinstance(selector, BestFeatures):
        how = {"anova": "best by ANOVA F", "mutual-information": "best by mutual information"}[selector.criterion]
    number = f"a share of {selector.k:g}" if isinstance(selector.k, float) else str(selector.k)
    return f"{how}: {'number searched in each fold' if searched else number}"
