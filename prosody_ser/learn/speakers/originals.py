"""Which rows of X are recordings, and which are changed copies of one: X's index says so (a level ``variant``)."""

from typing import Any

import numpy as np

from ...tables.feature_table import ORIGINAL
from .names import has_level, n_rows


def originals_of(X: Any) -> np.ndarray:
    """Rows that are no augmented copy, as a mask; all where X does not say."""
    if not has_level(X, "variant"):
        return np.ones(n_rows(X), dtype=bool)
    return X.index.get_level_values("variant").to_numpy(dtype=object) == ORIGINAL
