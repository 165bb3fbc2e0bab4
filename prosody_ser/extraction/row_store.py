"""Where rows are stored until the table is written: in the cache of all runs, or for this run alone."""

import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CacheError
from ..paths import CACHE_VARIABLE

if TYPE_CHECKING:
    from .row_cache import RowCache


class Memory:
    """A store in memory for the rows of one run that fit into one block."""

    path = "memory"

    def __init__(self) -> None:
        self._rows: dict[bytes, list] = {}

    def known(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys whose rows are stored."""
        return set(keys) & set(self._rows)

    def put(self, recordings: Iterable[tuple[bytes, list]]) -> None:
        """Store the rows of some keys."""
        self._rows.update(recordings)

    def get(self, key: bytes) -> list | None:
        """Return the rows of a key, or None."""
        return self._rows.get(key)


@contextmanager
def row_store(cache: bool, few: bool) -> Iterator["RowCache | Memory"]:
    """Open the cache of all runs, or one for this run alone, which needs no disk for few clips."""
    if few and not cache:
        yield Memory()
        return
    from .row_cache import FILE_NAME, RowCache, cache_path, can_keep_rows

    if cache and can_keep_rows():
        with RowCache(cache_path()) as store:
            yield store
        return
    if cache:
        warnings.warn(
            f"{cache_path().parent}: the cache folder cannot be written, so this run keeps no results for later runs; "
            f"set the environment variable {CACHE_VARIABLE} to another folder",
            stacklevel=2,
        )
    try:
        folder = tempfile.mkdtemp(prefix="prosody-ser-")
    except OSError as error:
        raise CacheError(
            f"no temporary folder can be written ({error.strerror}); set TMPDIR to another folder"
        ) from error
    try:
        with RowCache(Path(folder) / FILE_NAME) as store:
            yield store
    finally:
        shutil.rmtree(folder, ignore_errors=True)
