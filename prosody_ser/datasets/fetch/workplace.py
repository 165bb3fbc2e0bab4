"""The hidden folder in a corpus folder: unfinished downloads, and the note of what was fetched."""

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
#: Where single clips lie until they are whole.
COMING = "coming"
_NOTE = "fetched.json"


@contextmanager
def workplace(directory: Path) -> Iterator[Path]:
    """Make the hidden folder, for one process at a time, and give its path. It goes if nothing is left in it.

    Raises
    ------
    FetchError
        If it cannot be made, or another process works in it.
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
        clear(folder, keep_downloads=True)  # what a killed process left
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
    """Remove what is in the hidden folder, but for the note and, if wanted, what was downloaded."""
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
    """Whether the file is now ours; the system lets go of it when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows does not remove a file that is open, which must do
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(file.fileno()).st_nlink > 0


def read_note(directory: Path) -> dict[str, dict]:
    """What was fetched into a folder: by address, its checksum and its files with their bytes."""
    try:
        note = json.loads((directory / NAME / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def add_note(directory: Path, url: str, checksum: str, files: dict[str, int]) -> None:
    """Note that all of `url` is there."""
    note = read_note(directory) | {url: {"checksum": checksum, "files": files}}
    write_text(directory / NAME / _NOTE, json.dumps(note, indent=1) + "\n")


def is_there(directory: Path, url: str, checksum: str) -> dict[str, int] | None:
    """The files of `url` if all were fetched with this checksum and still lie there, else None."""
    try:
        noted = read_note(directory)[url]
        files = dict(noted["files"])
        whole = noted["checksum"] == checksum and all(
            (directory / name).stat().st_size == size for name, size in files.items()
        )
    except (KeyError, TypeError, ValueError, AttributeError, OSError):
        return None
    return files if whole else None
