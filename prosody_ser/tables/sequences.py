"""Clips as sequences of frames, which are read one clip at a time from a table of ``extract --level frames``.

A table of frames has a row for each 10 ms. Here it is converted to a table of clips (:attr:`FeatureTable.level` is
``sequences``). Its features are the mean of each contour over the clip, which the leak audit uses. Its X contains, for
every contour, a reference to the frames of the clip. Models for sequences read the frames clip by clip, so that 20,000
clips need no more memory than 1,000.
"""

import os
import platform
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import TableError, counted
from ..paths import CACHE_VARIABLE, OnePath, cache_folder
from .feature_table import (
    CLIP_END,
    CLIP_START,
    FRAMES,
    INDEX_COLUMNS,
    METADATA_COLUMNS,
    SEQUENCE,
    SEQUENCES,
    STEP_S,
    FeatureTable,
    check_needed,
)
from .file import about_of, check_table_suffix, parquet_errors, read_table, reading

#: Columns in which all frames of a clip agree.
_OF_CLIP = ("corpus", "file", "variant", "parent", "speaker", "emotion", CLIP_START, CLIP_END)
#: Columns that are required to assemble the frames of clips.
_NEEDED = ("start", "end", "lead", "trail", CLIP_START, CLIP_END)
_PREFIX, _SUFFIX = "frames-", ".f32"
_KIND = np.dtype("<f4")


_GONE = "this temporary file was removed or changed while it was in use; run the command again"


class FrameStore:
    """The frames of many clips, stored one after another in a file or in memory.

    Parameters
    ----------
    names : sequence of str
        The contours, in order.
    first : ndarray of int64, shape (n_clips + 1,)
        Index of the first frame of each clip, and the total number of frames.
    values : ndarray of float32, shape (n_frames, n_contours), optional
        The frames, if they are in memory.
    path : path_like, optional
        Otherwise the file that contains the frames as raw numbers.
    """

    def __init__(
        self,
        names: Sequence[str],
        first: np.ndarray,
        values: np.ndarray | None = None,
        path: str | os.PathLike | None = None,
    ):
        self.names = tuple(names)
        self._first, self._values = first, values
        self._path = None if path is None else os.fspath(path)

    def __len__(self) -> int:
        return len(self._first) - 1

    def __deepcopy__(self, memo: dict) -> "FrameStore":
        return self  # it is immutable

    def n_frames(self, clip: int) -> int:
        """Return the number of frames of a clip."""
        return int(self._first[clip + 1] - self._first[clip])

    def read(self, clip: int) -> np.ndarray:
        """Return the frames of a clip, float32, shape (n_frames, n_contours); NaN if a contour is undefined."""
        first, n = int(self._first[clip]), self.n_frames(clip)
        if self._path is None:
            return self._values[first : first + n]  # type: ignore[index]
        width = len(self.names)
        # Read and not memory-mapped, because mapped pages count as used memory.
        try:
            values = np.fromfile(self._path, _KIND, n * width, offset=first * width * _KIND.itemsize)
        except OSError as error:
            raise TableError(f"{self._path}: {_GONE} ({error.strerror or error})") from error
        if len(values) != n * width:
            raise TableError(f"{self._path}: {_GONE} (it is too short)")
        return values.reshape(n, width)


class ClipFrames:
    """A reference to the frames of one clip, as contained in X.

    Parameters
    ----------
    store : FrameStore
    clip : int
    """

    __slots__ = ("clip", "store")

    def __init__(self, store: FrameStore, clip: int):
        self.store, self.clip = store, clip

    def __deepcopy__(self, memo: dict) -> "ClipFrames":
        return self

    def __len__(self) -> int:
        return self.store.n_frames(self.clip)

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'frame')}>"

    def read(self) -> np.ndarray:
        """Return the frames, like :meth:`FrameStore.read`."""
        return self.store.read(self.clip)


def frames_in_memory(contours: pd.DataFrame) -> ClipFrames:
    """Return a reference to the frames of one clip in memory, shape (n_frames, n_contours)."""
    values = np.ascontiguousarray(contours.to_numpy(dtype=_KIND))
    return ClipFrames(FrameStore(contours.columns, np.array([0, len(values)], dtype=np.int64), values), 0)


def read_sequences(path: OnePath) -> FeatureTable:
    """Read a table of frames (``extract --level frames``) as a table of clips, for models of sequences.

    Parameters
    ----------
    path : path_like
        A ``.parquet`` file, which is read block by block, or a ``.csv`` file, which is read at once.

    Returns
    -------
    FeatureTable
        With the level ``sequences``.

    Raises
    ------
    TableError
        If the table cannot be read, or does not contain frames.

    Examples
    --------
    >>> import soundfile
    >>> rng = np.random.default_rng(0)
    >>> for name in ("03a01Fa.wav", "08a01Wa.wav"):
    ...     soundfile.write(name, 0.1 * rng.normal(size=16000), 16000)
    >>> frames = ser.extract_table(["03a01Fa.wav", "08a01Wa.wav"], level="frames", jobs=1, cache=False)
    >>> ser.write_table(frames, "frames.parquet")
    >>> ser.read_sequences("frames.parquet")
    <FeatureTable: 2 sequences (0 left out), 2 speakers, 2 emotions, 117 features of full_v1>
    """
    path = Path(path)
    with reading(path):
        if check_table_suffix(path) == ".csv":
            whole = read_table(path)
            about, names, blocks = whole.about, whole.feature_names, iter([whole.frame])
        else:
            about = about_of(path)
            names, blocks = tuple(about.pop("features", ())), _parquet_blocks(path)
        if about.get("level") != FRAMES or not names:
            raise TableError("the table has a row for each clip, not for each frame: use 'extract --level frames'")
        return sequence_table(_check_finite(blocks, names), names, about)


def is_of_frames(path: OnePath) -> bool:
    """Return whether a table contains frames, without reading its rows; False if it cannot be read."""
    try:
        return about_of(Path(path)).get("level") == FRAMES
    except (OSError, TableError):
        return False


def sequence_table(
    blocks: Iterable[pd.DataFrame], names: Sequence[str], about: dict[str, Any], *, in_memory: bool = False
) -> FeatureTable:
    """Make a table of clips from a table of frames.

    Parameters
    ----------
    blocks : iterable of DataFrame
        Frames with their metadata, in the order in which they were measured.
    names : sequence of str
        The contours.
    about : dict
        Description of the table of frames.
    in_memory : bool
        Whether the frames stay in memory. Otherwise they are written to a file in the folder for caches, which is
        removed when nothing refers to it any more.

    Returns
    -------
    FeatureTable
        With the level ``sequences``.
    """
    gathered = _Gathered(names)
    if in_memory:
        parts: list[np.ndarray] = []
        gathered.take(blocks, parts.append)
        values = np.concatenate(parts) if parts else np.empty((0, len(names)), _KIND)
        store = FrameStore(names, gathered.first(), values)
    else:
        path = _new_file()
        try:
            with open(path, "wb", buffering=0) as file:
                gathered.take(blocks, partial(_append, file))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        store = FrameStore(names, gathered.first(), path=path)
        weakref.finalize(store, _remove, path, os.getpid())
    frame = gathered.clips()
    frame[SEQUENCE] = [ClipFrames(store, clip) for clip in range(len(store))]
    return FeatureTable(frame, tuple(names), about | {"level": SEQUENCES}, (SEQUENCE,))


def _append(file: Any, values: np.ndarray) -> None:
    try:
        left = memoryview(values.tobytes())
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        raise _no_place(Path(file.name).parent, error) from error


class _Gathered:
    """Collects the metadata and contour means of clips while their frames are read."""

    def __init__(self, names: Sequence[str]):
        self._names = list(names)
        self._places: list[dict[str, Any]] = []
        self._n: list[int] = []
        self._sums: list[np.ndarray] = []
        self._counts: list[np.ndarray] = []
        self._last: tuple[tuple, pd.DataFrame] | None = None  #: identity of the last clip, and its last frame

    def take(self, blocks: Iterable[pd.DataFrame], keep: Callable[[np.ndarray], None]) -> None:
        for block in blocks:
            if len(block):
                self._check_columns(block)
                values = np.ascontiguousarray(block[self._names].to_numpy(dtype=_KIND))
                keep(values)
                self._add(block, values)

    def _check_columns(self, block: pd.DataFrame) -> None:
        check_needed(block)
        missing = [column for column in (*_NEEDED, *self._names) if column not in block.columns]
        if missing:
            raise TableError(f"the table lacks the column {missing[0]!r}, which 'extract --level frames' writes")

    def _add(self, block: pd.DataFrame, values: np.ndarray) -> None:
        kinds = [column for column in _OF_CLIP if column in block.columns]
        identities = list(zip(*(block[column].to_numpy(dtype=object) for column in kinds), strict=True))
        start, end = (block[column].to_numpy(dtype=float) for column in ("start", "end"))
        # A recording may occur twice; then its frames do not follow each other in time.
        follows = np.abs(start[1:] - end[:-1]) < STEP_S / 2
        same = (
            np.array([_equal(a, b) for a, b in zip(identities[1:], identities[:-1], strict=True)], dtype=bool) & follows
        )
        continues = self._continues(identities[0], start[0])
        first = np.flatnonzero(np.concatenate([[True], ~same]))
        _check_begin(block.iloc[first[int(continues) :]])
        if not continues:
            self._check_last()
        _check_end(block.iloc[first[1:] - 1])
        defined = np.isfinite(values)
        sums = np.add.reduceat(np.where(defined, values, 0.0).astype(float), first, axis=0)
        counts = np.add.reduceat(defined.astype(int), first, axis=0)
        lengths = np.diff(np.append(first, len(block)))
        metadata = [c for c in block.columns if c not in self._names]
        places = block.iloc[first][metadata].to_dict("records")
        for number, place in enumerate(places):
            if number == 0 and continues:
                self._n[-1] += int(lengths[number])
                self._sums[-1] = self._sums[-1] + sums[number]
                self._counts[-1] = self._counts[-1] + counts[number]
            else:
                self._n.append(int(lengths[number]))
                self._sums.append(sums[number])
                self._counts.append(counts[number])
                self._places.append(place | {"start": place[CLIP_START], "end": place[CLIP_END]})
        self._last = identities[-1], block.iloc[[-1]]

    def _continues(self, identity: tuple, start: float) -> bool:
        """Return whether the first frame of a block belongs to the last clip of the previous block."""
        if self._last is None:
            return False
        last_identity, row = self._last
        return _equal(identity, last_identity) and abs(start - float(row["end"].iloc[0])) < STEP_S / 2

    def _check_last(self) -> None:
        if self._last is not None:
            _check_end(self._last[1])

    def first(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self._n, dtype=np.int64)])

    def clips(self) -> pd.DataFrame:
        """Return one row for each clip: its metadata, and the mean of each contour."""
        if not self._places:
            raise TableError("the table has no rows")
        self._check_last()
        counts = np.stack(self._counts)
        means = np.stack(self._sums) / np.where(counts > 0, counts, np.nan)
        places = pd.DataFrame(self._places)
        kept = [c for c in places.columns if c in INDEX_COLUMNS + METADATA_COLUMNS]
        return pd.concat([places[kept], pd.DataFrame(means, columns=self._names)], axis=1)


def _check_begin(heads: pd.DataFrame) -> None:
    """Raise a TableError if the first frame of a clip is not at the start of the clip.

    Otherwise missing, duplicate or reordered frames would count as separate clips.
    """
    _refuse_away(heads, heads["start"], heads[CLIP_START] + heads["lead"])


def _check_end(tails: pd.DataFrame) -> None:
    """Raise a TableError if the last frame of a clip is not at its end, because the clip would be too short."""
    _refuse_away(tails, tails["end"], tails[CLIP_END] - tails["trail"])


def _refuse_away(rows: pd.DataFrame, actual: pd.Series, expected: pd.Series) -> None:
    away = ~((actual.astype(float) - expected.astype(float)).abs() < STEP_S / 2)
    if "status" in rows.columns:
        away &= rows["status"] == "ok"
    if away.any():
        raise TableError(
            f"the frames of {rows['file'][away].iloc[0]} are incomplete or out of order at {actual[away].iloc[0]:g} s. "
            "Remove only whole clips, and keep the rows in the order in which 'extract' wrote them"
        )


def _check_finite(blocks: Iterable[pd.DataFrame], names: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield the blocks of a file; raise a TableError if a contour is infinite."""
    for block in blocks:
        for name in names:
            with np.errstate(over="ignore"):
                infinite = name in block.columns and np.isinf(block[name].to_numpy(dtype=_KIND)).any()
            if infinite:
                raise TableError(f"the contour {name} contains an infinite value; leave undefined values empty (NaN)")
        yield block


def _equal(one: tuple, other: tuple) -> bool:
    return all(a == b or (a != a and b != b) for a, b in zip(one, other, strict=True))


def _parquet_blocks(path: Path) -> Iterator[pd.DataFrame]:
    import pyarrow.parquet as pq

    with parquet_errors(), pq.ParquetFile(path, memory_map=True) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, use_threads=False).to_pandas()


def _new_file() -> Path:
    """Create a file of this process in the folder for caches; remove files of dead processes there."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
        handle, path = tempfile.mkstemp(_SUFFIX, f"{_PREFIX}{_machine()}-{os.getpid()}-", folder)
    except OSError as error:
        raise _no_place(folder, error) from error
    os.close(handle)
    return Path(path)


def _no_place(folder: Path, error: OSError) -> TableError:
    return TableError(
        f"the temporary file of frames cannot be written in {folder} ({error.strerror or error}); "
        f"set the environment variable {CACHE_VARIABLE} to another folder"
    )


def _machine() -> str:
    """Return the name of this machine, because several may share a folder and only know their own processes."""
    return "".join(letter for letter in platform.node() if letter.isalnum()) or "x"


def remove_leftovers(folder: Path) -> None:
    """Remove files of frames that dead processes of this machine have left."""
    prefix = f"{_PREFIX}{_machine()}-"
    for file in folder.glob(f"{prefix}*{_SUFFIX}"):
        owner = file.name[len(prefix) :].partition("-")[0]
        if owner.isdigit() and not _runs(int(owner)):
            with suppress(OSError):  # already removed, or owned by another user
                file.unlink()


def _runs(process: int) -> bool:
    if os.name != "posix":
        return True  # on other systems, os.kill would end the process
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove(path: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked process has a copy of the store
        path.unlink(missing_ok=True)
