"""A clip's frames in a few numbers."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .rows import SequenceRows


class ClipMoments(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Mean and deviation of each contour over each clip: where a clip lies, for what asks how unlike others it is."""

    def fit(self, X: Any, y: Any = None) -> "ClipMoments":
        """Nothing is learned."""
        return self

    def transform(self, X: SequenceRows) -> np.ndarray:
        """Means, then deviations, float64, shape (n_clips, 2 n_contours)."""
        means, variances = X.moments()
        return np.nan_to_num(np.column_stack([means, np.sqrt(variances)]))

    def __sklearn_is_fitted__(self) -> bool:
        return True
