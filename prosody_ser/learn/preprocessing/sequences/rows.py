"""Clips whose frames are read and changed one clip at a time."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ....errors import ProtocolError
from ....tables.sequences import ClipFrames, FrameStore

#: The error message if a model that reads frames is given a table of features.
NEEDS_FRAMES = (
    "this model reads the frames of each clip, but the table has one row of features per clip: measure the recordings "
    "with 'prosody-ser extract DIR frames.parquet --level frames' (in Python, open that table with read_sequences)"
)


class Change(Protocol):
    """A change of the frames of a clip that is applied when they are read."""

    def of_rows(self, rows: np.ndarray) -> "Change":
        """Return the same change for some of the clips."""

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """Return the changed frames of the clip in a row, shape (n_frames, n_contours)."""


class SequenceRows:
    """Clips with the changes to apply when their frames are read; the steps of a pipeline pass these on.

    Parameters
    ----------
    cells : ndarray of ClipFrames, shape (n_clips, n_contours)
        For each clip and contour, the clip from which the contour is read; another clip if contours are shuffled.
    names : sequence of str, length n_contours
    index : Index
        The index of the clips, as in X, with the speakers.
    changes : tuple of Change
        In the order in which they are applied.
    """

    def __init__(self, cells: np.ndarray, names: Sequence[str], index: pd.Index, changes: tuple[Change, ...] = ()):
        self._cells, self.names, self.index, self.changes = cells, tuple(names), index, changes
        self._columns: dict[int, np.ndarray] = {}

    @classmethod
    def of(cls, X: Any) -> "SequenceRows":
        """Convert X, which must hold sequences; a ProtocolError that explains how to measure them if it does not."""
        if isinstance(X, cls):
            return X
        if not holds_sequences(X):
            raise ProtocolError(NEEDS_FRAMES)
        return cls(X.to_numpy(dtype=object), X.columns, X.index)

    def __len__(self) -> int:
        return len(self._cells)

    def __deepcopy__(self, memo: dict) -> "SequenceRows":
        return self  # the object is immutable

    def __getitem__(self, row: int) -> np.ndarray:
        frames = self._read(self._cells[row])
        for change in self.changes:
            frames = change.apply(frames, row)
        return frames

    def n_frames(self, row: int) -> int:
        """Number of stored frames of a clip, before any change."""
        return len(_most_common(self._cells[row]))

    def take(self, rows: np.ndarray) -> "SequenceRows":
        """Select some of the clips."""
        rows = np.asarray(rows)
        changes = tuple(change.of_rows(rows) for change in self.changes)
        return SequenceRows(self._cells[rows], self.names, self.index[rows], changes)

    def changed(self, change: Change) -> "SequenceRows":
        """Add a change to be applied when the clips are read."""
        return SequenceRows(self._cells, self.names, self.index, (*self.changes, change))

    def __reduce__(self) -> tuple:
        return SequenceRows, (self._cells, self.names, self.index, self.changes)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of each contour over the frames of each clip, ignoring NaN, shape (n_clips, n_contours).

        The result is NaN if a contour is not defined in any frame of a clip.
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
        clip = _most_common(cells)
        frames = clip.read()[:, self._columns_in(clip.store)]
        others = {id(cell): cell for cell in cells if cell is not clip}
        for cell in others.values():
            # A contour from another clip is stretched to the length of this clip.
            place = np.flatnonzero([other is cell for other in cells])
            other = cell.read()[:, self._columns_in(cell.store)[place]]
            at = np.round(np.linspace(0, len(other) - 1, len(frames))).astype(int)
            frames = frames.copy()
            frames[:, place] = other[at]
        return frames

    def _columns_in(self, store: FrameStore) -> np.ndarray:
        """Positions of the contours among those of a store."""
        columns = self._columns.get(id(store))
        if columns is None:
            places = {name: i for i, name in enumerate(store.names)}
            missing = [name for name in self.names if name not in places]
            if missing:
                raise ProtocolError(
                    f"some clips have no contour {missing[0]!r}: extract all frames with the same settings"
                )
            columns = self._columns[id(store)] = np.array([places[name] for name in self.names])
        return columns


class PerRow:
    """The changes of clips that were prepared one by one, each with its own changes."""

    def __init__(self, changes: list[tuple[Change, ...]]):
        self._changes = changes

    def of_rows(self, rows: np.ndarray) -> "PerRow":
        """Return the changes of some of the clips."""
        return PerRow([self._changes[row] for row in rows])

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """Return the changed frames."""
        for change in self._changes[row]:
            frames = change.apply(frames, 0)
        return frames


class Hidden:
    """The change that makes some contours undefined."""

    def __init__(self, columns: np.ndarray):
        self._columns = columns

    def of_rows(self, rows: np.ndarray) -> "Hidden":
        """Return this change, which is the same for all clips."""
        return self

    def apply(self, frames: np.ndarray, row: int) -> np.ndarray:
        """Return the changed frames."""
        frames = frames.copy()
        frames[:, self._columns] = np.nan
        return frames


def joined(single: list[SequenceRows]) -> SequenceRows:
    """Concatenate clips that were prepared one by one."""
    cells = np.concatenate([rows._cells for rows in single])
    index = single[0].index.append([rows.index for rows in single[1:]])
    return SequenceRows(cells, single[0].names, index, (PerRow([rows.changes for rows in single]),))


def taken(rows: Any, chosen: np.ndarray) -> Any:
    """Select some rows of SequenceRows, a DataFrame or an array."""
    if isinstance(rows, SequenceRows):
        return rows.take(chosen)
    return rows.iloc[chosen] if hasattr(rows, "iloc") else rows[chosen]


def holds_sequences(X: Any) -> bool:
    """Whether X refers to frames instead of holding features."""
    if isinstance(X, SequenceRows):
        return True
    return isinstance(X, pd.DataFrame) and X.size > 0 and isinstance(X.iloc[0, 0], ClipFrames)


def _most_common(cells: np.ndarray) -> ClipFrames:
    first = cells[0]
    if all(cell is first for cell in cells):
        return first
    most, _ = Counter(map(id, cells)).most_common(1)[0]
    return next(cell for cell in cells if id(cell) == most)
