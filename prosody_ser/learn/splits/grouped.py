"""Assignment of groups (speakers, sentences) to folds, so that each fold has about the same share of every class."""

import warnings
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import StratifiedGroupKFold

from ...errors import ProtocolError, counted, whole_number


def grouped_folds(y: ArrayLike, groups: ArrayLike, n_folds: int, seed: int, what: str = "speakers") -> np.ndarray:
    """Assign each row to a fold: groups stay together, and folds are stratified by `y`.

    Parameters
    ----------
    y, groups : array_like of shape (n_rows,)
    n_folds, seed : int
    what : str
        Name of the groups in errors.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        Number of each row's fold.
    """
    refuse_no_labels(y)
    label, group = np.unique(np.asarray(y, dtype=str), return_inverse=True)[1], np.asarray(groups, dtype=object)
    n_groups = np.unique(group).size
    whole_number(f"the number of folds of {what}", n_folds, 2)
    if not 2 <= n_folds <= n_groups:
        raise ProtocolError(f"the number of folds must be from 2 to {n_groups}, the number of {what} (got {n_folds})")
    largest = int(np.bincount(label).max())
    if largest < n_folds:
        raise ProtocolError(
            f"no class has more than {counted(largest, 'clip')}, too few for {counted(n_folds, 'fold')}: use fewer "
            "folds"
        )
    fold_of = np.empty(label.size, dtype=int)
    with warnings.catch_warnings():
        # A class may have fewer clips than there are folds; plan_folds refuses what would make a score invalid.
        warnings.filterwarnings("ignore", message="The least populated class")
        splits = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed).split(label, label, group)
        for number, (_, test) in enumerate(splits):
            fold_of[test] = number
    return fold_of


def drawn_parts(
    y: ArrayLike,
    groups: ArrayLike,
    sizes: Sequence[int] | np.ndarray,
    needed: Sequence[int],
    rng: np.random.Generator,
    n_draws: int,
    taken: Container[frozenset] = (),
) -> np.ndarray | None:
    """Assign each row to a part, by the best of many random assignments of groups to parts.

    scikit-learn's StratifiedGroupKFold assigns the most uneven groups first and uses the seed for ties only. If
    speakers have different numbers of clips, all seeds therefore give the same folds. Here each seed gives other folds.

    Part i has ``sizes[i]`` groups. Of `n_draws` assignments, the one is chosen whose `needed` parts lack the fewest
    classes, and among these the one whose parts come closest to their share of each class. The result is None if all
    draws are in `taken` (which contains results of :func:`as_partition`).
    """
    refuse_no_labels(y)
    names, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    label = np.unique(np.asarray(y, dtype=str), return_inverse=True)[1]
    counts = np.zeros((names.size, label.max() + 1))
    np.add.at(counts, (group, label), 1)
    wanted = np.divide(sizes, np.sum(sizes))[:, None] * counts.sum(axis=0)
    parts = np.repeat(np.arange(len(sizes)), sizes)
    best, least = None, (np.inf, np.inf)
    for _ in range(n_draws):
        drawn = rng.permutation(parts)
        per_part = np.stack([counts[drawn == part].sum(axis=0) for part in range(len(sizes))])
        lacking = np.count_nonzero(per_part[list(needed)] == 0)
        # Relative to the class, so that rare classes count equally; rounded, so that ties are the same on any machine.
        cost = (float(lacking), float((np.abs(per_part - wanted) / counts.sum(axis=0)).sum().round(9)))
        if cost < least and as_partition(drawn) not in taken:
            best, least = drawn, cost
    return None if best is None else best[group]


def refuse_no_labels(y: ArrayLike | None) -> None:
    """Raise a ProtocolError if the labels are missing."""
    if y is None:
        raise ProtocolError("y is missing: these folds need the labels, to have about the same share of every class")


def as_partition(parts: np.ndarray) -> frozenset:
    """The sets of rows that are in the same part, independent of the numbers of the parts."""
    return frozenset(frozenset(np.flatnonzero(parts == part).tolist()) for part in np.unique(parts))
