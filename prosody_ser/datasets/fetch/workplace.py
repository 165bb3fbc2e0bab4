"""The hidden folder in a corpus folder, with incomplete downloads and a record of what was fetched."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ...atomic_write import write_text
from ...errors import FetchError

NAME = ".prosody-ser"
#: Folder for single clips until they are complete.
COMING = "coming"
_NOTE = "fetched.json"


@contextmanager
def workplace(directory: Path) -> Iterator[Path]:
    """Create the hidden folder for one process at a time, and give its path; remove it at the end if it is empty.

    Raises
    ------
    FetchError
        If it cannot be created, or another process uses it.
    """
    new = [path for path in (directory, *directory.parents) if not path.exists()]
    folder = directory / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / "lock", "w")  # noqa: SIM115 (held until the end)
    except OSError as error:
        raise FetchError(f"{directory}: the folder cannot be written ({error.strerror or error})") from error
    with lock:
        if not _lock(lock):
            raise FetchError(f"{directory}: another 'datasets fetch' is running in this folder")
        clear(folder, keep_downloads=True)  # files of an interrupted process
        try:
            yield folder
        finally:
            (folder / "lock").unlink(missing_ok=True)
            for path in (folder, *new):
                try:
                    path.rmdir()
                except OSError:  # not empty
                    break


def clear(folder: Path, keep_downloads: bool = False) -> None:
    """Empty the hidden folder, except for the record and, optionally, downloads."""
    for left in folder.iterdir():
        if left.name in ("lock", _NOTE):
            continue
        if keep_downloads and (left.name == COMING or left.name.endswith((".zip", ".part", ".part.version"))):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _lock(file: IO) -> bool:
    """Lock a file; return whether it worked. The system releases the lock when the process ends."""
    try:
        import fcntl
    except ImportError:  # on Windows, the open file cannot be removed, which is enough
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some file systems of clusters have no locks; checksums find what another process damages
        return True
    return os.fstat(file.fileno()).st_nlink > 0


def read_note(directory: Path) -> dict[str, dict]:
    """Return what was fetched into a folder: for each address, checksum and files with sizes."""
    try:
        note = json.loads((directory / NAME / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def add_note(directory: Path, url: str, checksum: str, files: dict[str, int]) -> None:
    """Record that `url` is complete."""
    note = read_note(directory) | {url: {"checksum": checksum, "files": files}}
    write_text(directory / NAME / _NOTE, json.dumps(note, indent=1) + "\n")


def is_there(directory: Path, url: str, checksum: str) -> dict[str, int] | None:
    """Return the files of `url` if all were fetched with this checksum and still exist, otherwise None."""
    try:
        noted = read_note(directory)[url]
        files = dict(noted["files"])
        whole = noted["checksum"] == checksum and all(
            (directory / name).stat().st_size == size for name, size in files.items()
        )
    except (KeyError, TypeError, ValueError, AttributeError, OSError):
        return None
    return files if whole else None
