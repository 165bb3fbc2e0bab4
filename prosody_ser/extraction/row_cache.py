"""A cache of finished rows in an embedded database, so that no recording is measured twice.

It is an SQLite database with a write-ahead log: each row is stored completely or not at all, even after a crash or a
power cut, and several runs can use it at the same time. The key of a row covers the sound and everything that its
values depend on (:mod:`prosody_ser.features.identity`), so names and folders of files do not matter.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import CacheError
from ..features import Measured
from ..paths import CACHE_VARIABLE, cache_folder

FILE_NAME = "rows.sqlite"
#: Version of the database layout; rows of older layouts are deleted.
LAYOUT = 1
#: How long one run waits for the commit of another run.
BUSY_S = 60.0
#: Number of parameters in one statement that every build of SQLite supports.
_KEYS_AT_A_TIME = 500


def cache_path() -> Path:
    """Return the path of the cache of all runs."""
    return cache_folder() / FILE_NAME


def can_keep_rows() -> bool:
    """Return whether the cache of all runs can be written, which a user without a home folder cannot do.

    A folder that the user set always counts as writable, so that problems with it are reported as errors.
    """
    path = cache_path()
    if os.environ.get(CACHE_VARIABLE):
        return True
    if not path.is_absolute():  # without a home folder it starts with "~", in the working directory
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError:
        return False
    return not path.exists() or os.access(path, os.R_OK | os.W_OK)


@dataclass(frozen=True)
class CacheInfo:
    """Contents of a cache."""

    path: Path
    n_recordings: int
    n_rows: int
    n_bytes: int  #: size on disk


class RowCache:
    """A cache of rows by key; a context manager.

    Parameters
    ----------
    path : path_like
        The database; it and its folder are created if missing.

    Raises
    ------
    CacheError
        If the cache cannot be opened, read or written; also raised by every method.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CacheError(f"{self.path.parent}: the cache folder cannot be created ({error.strerror})") from error
        with self._errors():
            self._database = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            self._lay_out()
        except CacheError:
            self._database.close()
            raise

    def __enter__(self) -> "RowCache":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def known(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that are in the cache."""
        present: set[bytes] = set()
        with self._errors():
            for first in range(0, len(keys), _KEYS_AT_A_TIME):
                some = keys[first : first + _KEYS_AT_A_TIME]
                marks = ",".join("?" * len(some))
                present.update(k for (k,) in self._database.execute(_SELECT_KEYS.format(marks), some))
        return present

    def put(self, recordings: Iterable[tuple[bytes, list[Measured]]]) -> None:
        """Store rows of recordings; they survive a crash of the process, and a power cut except for the last ones."""
        with self._errors(), self._transaction():
            for key, rows in recordings:
                facts, numbers = _packed(rows)
                self._database.execute(
                    "INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?)", (key, len(rows), facts, numbers)
                )

    def get(self, key: bytes) -> list[Measured] | None:
        """Return the rows of one recording, or None if they are not in the cache."""
        with self._errors():
            stored = self._database.execute("SELECT facts, numbers FROM recordings WHERE key = ?", (key,)).fetchone()
        return None if stored is None else _unpacked(*stored)

    def info(self) -> CacheInfo:
        """Return the number and size of the stored rows."""
        with self._errors():
            count, rows = self._database.execute("SELECT count(*), coalesce(sum(n_rows), 0) FROM recordings").fetchone()
        return CacheInfo(self.path, count, rows, sum(f.stat().st_size for f in _files(self.path)))

    def _lay_out(self) -> None:
        with self._errors():
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            with self._transaction():
                if self._database.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
                    self._database.execute("DROP TABLE IF EXISTS recordings")
                    self._database.execute(f"PRAGMA user_version = {LAYOUT}")
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS recordings"
                    " (key BLOB PRIMARY KEY, n_rows INTEGER NOT NULL, facts TEXT NOT NULL, numbers BLOB NOT NULL)"
                    " WITHOUT ROWID"
                )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._database.in_transaction:  # SQLite itself rolls back when the disk is full
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CacheError(f"{self.path}: the cache cannot be used ({error}); see 'prosody-ser cache'") from error


_SELECT_KEYS = "SELECT key FROM recordings WHERE key IN ({})"


def clear_cache(path: str | os.PathLike) -> int:
    """Remove a cache, even a damaged one; return the number of bytes freed.

    Raises
    ------
    CacheError
        If the cache cannot be removed.
    """
    freed = 0
    for file in _files(Path(path)):
        try:
            size = file.stat().st_size
            file.unlink()
        except OSError as error:
            raise CacheError(f"{file}: the file cannot be removed ({error.strerror})") from error
        freed += size
    return freed


def _files(path: Path) -> list[Path]:
    """Return the existing files of the database, including those that SQLite keeps beside it."""
    return [file for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if file.exists()]


def _packed(rows: list[Measured]) -> tuple[str, bytes]:
    shapes = [None if row.values is None else row.values.shape for row in rows]
    arrays = [np.ascontiguousarray(row.values, dtype="<f8") for row in rows if row.values is not None]
    return json.dumps([(row.facts, shape) for row, shape in zip(rows, shapes, strict=True)]), b"".join(
        a.tobytes() for a in arrays
    )


def _unpacked(facts: str, numbers: bytes) -> list[Measured]:
    rows, taken = [], 0
    for row_facts, shape in json.loads(facts):
        values = None
        if shape is not None:
            size = shape[0] * shape[1]
            values = np.frombuffer(numbers, dtype="<f8", count=size, offset=taken).reshape(shape)
            taken += 8 * size
        rows.append(Measured(row_facts, values))
    return rows
