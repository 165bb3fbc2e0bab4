"""Folds that were read, not drawn: each clip's role in each fold, found again by X's index."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...errors import ProtocolError
from .splitters import Fold, SpeakerSplitter

#: What a clip can be to a fold, by its number.
ROLES = ("train", "validation", "test", "unused")
TRAIN, VALIDATION, TEST, UNUSED = range(4)


class ListedFolds(SpeakerSplitter):
    """The folds of a file, for X of the table that it was read for, or any part of it.

    Parameters
    ----------
    index : MultiIndex
        X's index.
    roles : ndarray of int, shape (n_clips, n_folds)
        Numbers of :data:`ROLES`.
    source : str
        What it was read from.
    n_absent : int
        Clips of the file that the table does not have.
    sentence_disjoint : bool
        Whether the file says that no sentence is in both train and test of a fold; it is then checked.
    """

    def __init__(
        self,
        index: pd.MultiIndex,
        roles: np.ndarray,
        source: str = "",
        n_absent: int = 0,
        sentence_disjoint: bool = False,
    ) -> None:
        self.index = index
        self.roles = roles
        self.source = source
        self.n_absent = n_absent
        self.sentence_disjoint = sentence_disjoint
        n_held_out = (roles == TEST).sum(axis=1)
        self.n_repeats = max(int(n_held_out.max()), 1)
        self.partial = bool((n_held_out == 0).any())

    def folds(self, X: pd.DataFrame, y: ArrayLike | None = None) -> Iterator[Fold]:
        """Yield each fold."""
        roles = self.roles
        if not X.index.equals(self.index):
            place = {key: i for i, key in enumerate(_without_nan(self.index))}
            wanted = _without_nan(X.index)
            unknown = [key for key in wanted if key not in place]
            if unknown:
                raise ProtocolError(f"{self.source}: read for another table: it has no folds for {unknown[0][0]}")
            roles = roles[[place[key] for key in wanted]]
        for of_fold in roles.T:
            yield Fold(*(np.flatnonzero(of_fold == role) for role in (TRAIN, TEST, VALIDATION)))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return self.roles.shape[1]

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        one = "fold" if len(folds) == 1 else "speaker-disjoint folds"
        return f"{len(folds)} {one} of {self.source}"


def _without_nan(index: pd.MultiIndex) -> list[tuple]:
    return [tuple(None if value != value else value for value in key) for key in index]
