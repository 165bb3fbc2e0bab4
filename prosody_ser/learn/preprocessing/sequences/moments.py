"""Summary of a clip's frames by means and standard deviations."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .rows import SequenceRows


class ClipMoments(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Mean and standard deviation of each contour over each clip, from which novelty is computed."""

    def fit(self, X: Any, y: Any = None) -> "ClipMoments":
        """Do nothing, because nothing is learned."""
        return self

    def transform(self, X: SequenceRows) -> np.ndarray:
        """Return means, then standard deviations: float64, shape (n_clips, 2 n_contours)."""
        means, variances = X.moments()
        return np.nan_to_num(np.column_stack([means, np.sqrt(variances)]))

    def __sklearn_is_fitted__(self) -> bool:
        return True
