"""Clips whose frames are read, and changed, one clip at a time."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ....errors import ProtocolError
from ....tables.sequences import ClipFrames, FrameStore

#: What is said where a model of frames is given a table of features.
NEEDS_FRAMES = (
    "This model reads the frames of each clip, but the table holds one row of features a clip. Measure the recordings "
    "with 'prosody-ser extract DIR frames.parquet --level frames' (in Python, open that table with read_sequences)."
)


class Change(Protocol):
    """What is done to the frames of a clip when they are read."""

    def of_rows(self, rows: np.ndarray) -> "Change":
        """The same change for some of the clips."""

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """The changed frames of the clip in a row, shape (n_frames, n_contours)."""


class SequenceRows:
    """Some clips and how their frames are to be read: what the steps of a pipeline hand on.

    Parameters
    ----------
    cells : ndarray of ClipFrames, shape (n_clips, n_contours)
        Of each clip and contour, the clip whose contour it is: another one's, where contours are shuffled.
    names : sequence of str, length n_contours
    index : Index
        Of the clips, as X has it: it says who speaks.
    changes : tuple of Change
        In the order in which they are made.
    """

    def __init__(self, cells: np.ndarray, names: Sequence[str], index: pd.Index, changes: tuple[Change, ...] = ()):
        self._cells, self.names, self.index, self.changes = cells, tuple(names), index, changes
        self._columns: dict[int, np.ndarray] = {}

    @classmethod
    def of(cls, X: Any) -> "SequenceRows":
        """The rows of X, which must hold sequences: an error that says which table does, if it does not."""
        if isinstance(X, cls):
            return X
        if not holds_sequences(X):
            raise ProtocolError(NEEDS_FRAMES)
        return cls(X.to_numpy(dtype=object), X.columns, X.index)

    def __len__(self) -> int:
        return len(self._cells)

    def __deepcopy__(self, memo: dict) -> "SequenceRows":
        return self  # nothing in it changes

    def __getitem__(self, row: int) -> np.ndarray:
        frames = self._read(self._cells[row])
        for change in self.changes:
            frames = change.apply(frames, row)
        return frames

    def n_frames(self, row: int) -> int:
        """How many frames are stored of a clip, before any change."""
        return len(_most_common(self._cells[row]))

    def take(self, rows: np.ndarray) -> "SequenceRows":
        """Some of the clips."""
        rows = np.asarray(rows)
        changes = tuple(change.of_rows(rows) for change in self.changes)
        return SequenceRows(self._cells[rows], self.names, self.index[rows], changes)

    def changed(self, change: Change) -> "SequenceRows":
        """The same clips, to be changed once more when they are read."""
        return SequenceRows(self._cells, self.names, self.index, (*self.changes, change))

    def __reduce__(self) -> tuple:
        return SequenceRows, (self._cells, self.names, self.index, self.changes)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of each contour over the frames of each clip, NaN left out, shape (n_clips, n_contours).

        NaN where a clip has no frame at which a contour is defined.
        """
        means, variances = [], []
        for row in range(len(self)):
            frames = self[row].astype(float)
            defined = np.isfinite(frames)
            count = defined.sum(axis=0)
            divisor = np.where(count > 0, count, np.nan)
            mean = np.where(defined, frames, 0.0).sum(axis=0) / divisor
            variances.append((np.where(defined, frames - mean, 0.0) ** 2).sum(axis=0) / divisor)
            means.append(mean)
        return np.stack(means), np.stack(variances)

    def _read(self, cells: np.ndarray) -> np.ndarray:
        own = _most_common(cells)
        frames = own.read()[:, self._columns_in(own.store)]
        strangers = {id(cell): cell for cell in cells if cell is not own}
        for cell in strangers.values():
            # The contour of another clip, stretched to the length of this one.
            place = np.flatnonzero([one is cell for one in cells])
            other = cell.read()[:, self._columns_in(cell.store)[place]]
            at = np.round(np.linspace(0, len(other) - 1, len(frames))).astype(int)
            frames = frames.copy()
            frames[:, place] = other[at]
        return frames

    def _columns_in(self, store: FrameStore) -> np.ndarray:
        """Where the contours are among a store's."""
        found = self._columns.get(id(store))
        if found is None:
            places = {name: i for i, name in enumerate(store.names)}
            missing = [name for name in self.names if name not in places]
            if missing:
                raise ProtocolError(f"some frames have no contour {missing[0]!r}: measure all of them alike")
            found = self._columns[id(store)] = np.array([places[name] for name in self.names])
        return found


class PerRow:
    """What was to be done to clips that were prepared one by one."""

    def __init__(self, changes: list[tuple[Change, ...]]):
        self._changes = changes

    def of_rows(self, rows: np.ndarray) -> "PerRow":
        """The same for some of the clips."""
        return PerRow([self._changes[row] for row in rows])

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """The changed frames."""
        for change in self._changes[row]:
            frames = change.apply(frames, 0)
        return frames


class Hidden:
    """Some contours undefined."""

    def __init__(self, columns: np.ndarray):
        self._columns = columns

    def of_rows(self, rows: np.ndarray) -> "Hidden":
        """The same."""
        return self

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """The changed frames."""
        frames = frames.copy()
        frames[:, self._columns] = np.nan
        return frames


def joined(single: list[SequenceRows]) -> SequenceRows:
    """Clips that were prepared one by one, one after another."""
    cells = np.concatenate([one._cells for one in single])
    index = single[0].index.append([one.index for one in single[1:]])
    return SequenceRows(cells, single[0].names, index, (PerRow([one.changes for one in single]),))


def taken(rows: Any, chosen: np.ndarray) -> Any:
    """Some of the rows: clips to be read, of a DataFrame or of an array."""
    if isinstance(rows, SequenceRows):
        return rows.take(chosen)
    return rows.iloc[chosen] if hasattr(rows, "iloc") else rows[chosen]


def holds_sequences(X: Any) -> bool:
    """Whether X says where frames lie, and holds no features."""
    if isinstance(X, SequenceRows):
        return True
    return isinstance(X, pd.DataFrame) and X.size > 0 and isinstance(X.iloc[0, 0], ClipFrames)


def _most_common(cells: np.ndarray) -> ClipFrames:
    first = cells[0]
    if all(cell is first for cell in cells):
        return first
    most, _ = Counter(map(id, cells)).most_common(1)[0]
    return next(cell for cell in cells if id(cell) == most)
