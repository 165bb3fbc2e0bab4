"""Groups (speakers, sentences) dealt to folds, so that each fold has about the same share of every class."""

import warnings
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import StratifiedGroupKFold

from ...errors import ProtocolError


def grouped_folds(y: ArrayLike, groups: ArrayLike, n_folds: int, seed: int, what: str = "speakers") -> np.ndarray:
    """Number of the fold that each row belongs to: groups stay together, folds are stratified by `y`.

    `what` names the groups in errors.
    """
    label, group = np.unique(np.asarray(y, dtype=str), return_inverse=True)[1], np.asarray(groups, dtype=object)
    n_groups = np.unique(group).size
    if not 2 <= n_folds <= n_groups:
        raise ProtocolError(f"{n_folds} folds of {n_groups} {what}: take from 2 to {n_groups}")
    largest = int(np.bincount(label).max())
    if largest < n_folds:
        raise ProtocolError(f"{n_folds} folds, but no class has more than {largest} clips: take fewer folds")
    fold_of = np.empty(label.size, dtype=int)
    with warnings.catch_warnings():
        # That a class is rarer than the folds are many is no fault: what would be one is refused by plan_folds.
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
    """Number of the part that each row belongs to, the best of many random assignments of groups to parts.

    scikit-learn's StratifiedGroupKFold deals the most uneven groups first and breaks only ties at random: where
    speakers have unequal numbers of clips, every seed gives the same folds. Here every seed gives others.

    Part i has ``sizes[i]`` groups. Of `n_draws` the one is taken whose `needed` parts lack fewest classes, then whose
    parts come nearest to their share of each. None if every draw was in `taken` (as from :func:`as_partition`).
    """
    names, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    label = np.unique(np.asarray(y, dtype=str), return_inverse=True)[1]
    counts = np.zeros((names.size, label.max() + 1))
    np.add.at(counts, (group, label), 1)
    wanted = np.divide(sizes, np.sum(sizes))[:, None] * counts.sum(axis=0)
    parts = np.repeat(np.arange(len(sizes)), sizes)
    best, least = None, (np.inf, np.inf)
    for _ in range(n_draws):
        drawn = rng.permutation(parts)
        found = np.stack([counts[drawn == part].sum(axis=0) for part in range(len(sizes))])
        lacking = np.count_nonzero(found[list(needed)] == 0)
        # relative to the class, so that rare ones count as much; rounded, so that ties are ties on any machine
        cost = (float(lacking), float((np.abs(found - wanted) / counts.sum(axis=0)).sum().round(9)))
        if cost < least and as_partition(drawn) not in taken:
            best, least = drawn, cost
    return None if best is None else best[group]


def as_partition(parts: np.ndarray) -> frozenset:
    """Which rows are together, whatever the parts' numbers."""
    return frozenset(frozenset(np.flatnonzero(parts == part).tolist()) for part in np.unique(parts))
