"""Folds that were read from a file or column: the role of each clip in each fold, looked up by X's index."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, counted, listed
from .splitters import Fold, SpeakerSplitter

#: The roles that a clip can have in a fold; the position is the role's number.
ROLES = ("train", "validation", "test", "unused")
TRAIN, VALIDATION, TEST, UNUSED = range(4)


class ListedFolds(SpeakerSplitter):
    """The folds of a file, for X of the table that it was read for, or for a subset of it.

    Parameters
    ----------
    index : MultiIndex
        X's index.
    roles : ndarray of int, shape (n_clips, n_folds)
        Numbers of :data:`ROLES`.
    source : str
        Name of the file or column.
    n_absent : int
        Number of clips in the file that the table does not have.
    sentence_disjoint : bool
        Whether the file states that no sentence is in both train and test of a fold; this is then checked.
    """

    def __init__(
        self,
        index: pd.MultiIndex,
        roles: np.ndarray,
        source: str = "",
        n_absent: int = 0,
        sentence_disjoint: bool = False,
    ):
        self.index = index
        self.roles = roles
        self.source = source
        self.n_absent = n_absent
        self.sentence_disjoint = sentence_disjoint

    @property
    def n_repeats(self) -> int:  # type: ignore[override]
        """How many times each clip is held out, apart from those that never are."""
        return max(int((self.roles == TEST).sum(axis=1).max()), 1)

    @property
    def partial(self) -> bool:  # type: ignore[override]
        """Whether some clips are never held out."""
        return bool((~(self.roles == TEST).any(axis=1)).any())

    def folds(self, X: pd.DataFrame, y: Any = None) -> Iterator[Fold]:
        """Yield each fold."""
        roles = self.roles
        if not X.index.equals(self.index):
            place = {key: i for i, key in enumerate(_without_nan(self.index))}
            wanted = _without_nan(X.index)
            unknown = [key for key in wanted if key not in place]
            if unknown:
                raise ProtocolError(
                    f"{self.source}: the folds were read for another table and do not contain {unknown[0][0]}"
                )
            roles = roles[[place[key] for key in wanted]]
        for of_fold in roles.T:
            yield Fold(*(np.flatnonzero(of_fold == role) for role in (TRAIN, TEST, VALIDATION)))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return self.roles.shape[1]

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out."""
        kind = "fold" if len(folds) == 1 else "speaker-disjoint folds"
        return f"{len(folds)} {kind} of {self.source}"


def refuse_missing(files: list[str], source: object) -> None:
    """Raise a ProtocolError if clips of a table are not in a file of folds."""
    if files:
        raise ProtocolError(f"{source}: the folds lack {counted(len(files), 'clip')} of the table: {listed(files, 3)}")


def _without_nan(index: pd.MultiIndex) -> list[tuple]:
    return [tuple(None if value != value else value for value in key) for key in index]
