"""A fixed selection of features, independent of the method that selected them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data


class KeptFeatures(SelectorMixin, BaseEstimator):
    """Keep a fixed selection of features.

    Parameters
    ----------
    kept : sequence of bool
        Whether each feature is kept.
    """

    def __init__(self, kept: Sequence[bool] = ()):
        self.kept = kept

    def fit(self, X: Any, y: Any = None) -> "KeptFeatures":
        """Check the features and remember their names; nothing is learned from the data."""
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan")
        self.support_ = np.ones(X.shape[1], dtype=bool) if len(self.kept) == 0 else np.asarray(self.kept, dtype=bool)
        if self.support_.shape != (X.shape[1],) or not self.support_.any():
            raise ValueError(f"`kept` must have {X.shape[1]} flags, at least one of them true")
        return self

    def _get_support_mask(self) -> np.ndarray:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
