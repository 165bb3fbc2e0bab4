"""Folds that the caller gives: pairs of training and test rows, the fold number of each row, or another splitter."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError
from ..speakers.names import speakers_of
from .splitters import Fold, SpeakerSplitter, describe_folds


class GivenFolds(SpeakerSplitter):
    """The folds that the caller gives as positions of rows.

    Parameters
    ----------
    given : sequence of Fold
    n_rows : int
        Number of rows to which the positions belong.
    """

    def __init__(self, given: Sequence[Fold], n_rows: int):
        self.given = given
        self.n_rows = n_rows

    @property
    def n_repeats(self) -> int:  # type: ignore[override]
        """How many times each clip is held out, apart from those that never are."""
        return int(self._times_tested().max(initial=1))

    @property
    def partial(self) -> bool:  # type: ignore[override]
        """Whether some clips are never held out."""
        return bool((self._times_tested() == 0).any())

    def _times_tested(self) -> np.ndarray:
        return np.bincount(np.concatenate([fold.test for fold in self.given]), minlength=self.n_rows)

    def folds(self, X: pd.DataFrame, y: Any = None) -> Iterator[Fold]:
        """Yield each fold."""
        if len(X) != self.n_rows:
            raise ProtocolError(f"the folds were given for {self.n_rows} rows, but there are {len(X)}")
        yield from self.given

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out."""
        return describe_folds(folds, X) + (", some clips never held out" if self.partial else "")

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return len(self.given)


def given_folds(folds: Any, X: pd.DataFrame, y: Any) -> Any:
    """Replace folds that are positions in X by a splitter.

    Parameters
    ----------
    folds : str, int, splitter, sequence of (train, test), or sequence of int
        Each of `train` and `test` is an array of positions in X, or a mask of its rows. A sequence of int has the
        number of the fold that tests each row.
    X : DataFrame of shape (n_clips, n_columns)
    y : array_like of shape (n_clips,)

    Returns
    -------
    str, int or splitter
        All other values are returned unchanged.

    Raises
    ------
    ProtocolError
        If the positions do not fit X.
    """
    if hasattr(folds, "split") or not hasattr(folds, "__iter__") or isinstance(folds, dict | set | bytes):
        return folds
    return GivenFolds([Fold(*pair) for pair in pairs_of(folds, X, y)], len(X))


def folds_of(splitter: Any, X: pd.DataFrame, y: Any) -> list[Fold]:
    """The folds of any splitter; only a SpeakerSplitter can have a validation part."""
    if isinstance(splitter, SpeakerSplitter):
        return list(splitter.folds(X, y))
    return [Fold(*pair) for pair in pairs_of(splitter, X, y)]


def pairs_of(folds: Any, X: pd.DataFrame, y: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions of the training and test rows of each fold; see :func:`given_folds`."""
    if hasattr(folds, "split"):
        folds = _split(folds, X, y)
    given = list(folds)
    if given and all(isinstance(fold, int | np.integer) for fold in given):
        if len(given) != len(X):
            raise ProtocolError(f"there must be a fold number for each of the {len(X)} usable rows (got {len(given)})")
        number = np.asarray(given)
        return [(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in np.unique(number)]
    if not given:
        raise ProtocolError("there are no folds: give at least one pair of train and test positions")
    return [_pair(fold, number, len(X)) for number, fold in enumerate(given, start=1)]


def _split(splitter: Any, X: pd.DataFrame, y: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    try:
        return list(splitter.split(X, y))
    except ProtocolError:
        raise
    except (ValueError, TypeError):  # scikit-learn's grouped splitters need the argument `groups`
        return list(splitter.split(X, y, speakers_of(X)))


def _pair(fold: Any, number: int, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    try:
        train, test = (fold.train, fold.test) if hasattr(fold, "train") else fold
    except (TypeError, ValueError):
        raise ProtocolError(f"fold {number} must be a pair of the positions of its training and test rows") from None
    return _positions(train, number, n_rows), _positions(test, number, n_rows)


def _positions(rows: Any, number: int, n_rows: int) -> np.ndarray:
    rows = np.asarray(rows)
    if rows.dtype == bool and rows.shape == (n_rows,):
        return np.flatnonzero(rows)
    whole = rows.ndim == 1 and (np.issubdtype(rows.dtype, np.integer) or not rows.size)
    if not whole or (rows.size and not 0 <= rows.min() <= rows.max() < n_rows):
        raise ProtocolError(
            f"fold {number} must have positions from 0 to {n_rows - 1}, or masks of {n_rows} rows, because "
            f"{n_rows} rows of the table can be used"
        )
    return rows.astype(int)
