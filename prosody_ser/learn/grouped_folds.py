"""Groups (speakers, sentences) dealt to folds, so that each fold has about the same share of every class."""

import warnings

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from ..errors import ProtocolError


def grouped_folds(y, groups, n_folds: int, seed: int, what: str = "speakers") -> np.ndarray:
    """Number of the fold that each row belongs to.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Classes, to stratify by.
    groups : array-like of shape (n_rows,)
        What stays together.
    n_folds : int
    seed : int
    what : str
        What the groups are, for the message.

    Returns
    -------
    ndarray of int, shape (n_rows,)

    Raises
    ------
    ProtocolError
        If there are fewer groups than folds, or no class has as many rows as there are folds.
    """
    y, groups = np.asarray(y, dtype=object), np.asarray(groups, dtype=object)
    n_groups = np.unique(groups).size
    if not 2 <= n_folds <= n_groups:
        raise ProtocolError(f"{n_folds} folds of {n_groups} {what}: take from 2 to {n_groups}")
    largest = int(np.unique(y.astype(str), return_counts=True)[1].max())
    if largest < n_folds:
        raise ProtocolError(f"{n_folds} folds, but no class has more than {largest} clips: take fewer folds")
    fold_of = np.empty(len(y), dtype=int)
    with warnings.catch_warnings():
        # That a class is rarer than the folds are many is no fault: what would be one is refused by fit_folds.
        warnings.filterwarnings("ignore", message="The least populated class")
        splits = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed).split(y, y, groups)
        for number, (_, test) in enumerate(splits):
            fold_of[test] = number
    return fold_of
