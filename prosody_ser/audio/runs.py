"""Find runs of True in a mask."""

import numpy as np


def runs(mask: np.ndarray) -> np.ndarray:
    """Return the first index of every run of True and the one after its last, shape (n_runs, 2)."""
    edges = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    return np.column_stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)])
