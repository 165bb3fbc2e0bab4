"""Which rows of X are original recordings, and which are augmented copies, read from the index level ``variant``."""

from typing import Any

import numpy as np

from ...tables.feature_table import ORIGINAL
from .names import has_level, n_rows


def originals_of(X: Any) -> np.ndarray:
    """A mask of the rows that are not augmented copies; all True if X has no level ``variant``."""
    if not has_level(X, "variant"):
        return np.ones(n_rows(X), dtype=bool)
    return X.index.get_level_values("variant").to_numpy(dtype=object) == ORIGINAL
