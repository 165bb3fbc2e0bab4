"""Stretches in which something holds."""

import numpy as np


def runs(mask: np.ndarray) -> np.ndarray:
    """First and last-plus-one index of every run of True, shape (n_runs, 2)."""
    edges = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    return np.column_stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)])
