"""Write a file so that it is either whole or not there.

An existing file is replaced only once the new one is complete on disk.
"""

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import ProsodySerError


def check_outputs(
    *outputs: str | os.PathLike | None, inputs: Iterable[str | os.PathLike | None] = (), force: bool
) -> None:
    """Refuse, before any work is done, outputs that could not be written or would destroy something.

    Parameters
    ----------
    *outputs : path_like or None
        The files to be written.
    inputs : iterable of path_like or None
        The files to be read.
    force : bool
        Whether files that are there may be replaced.

    Raises
    ------
    ProsodySerError
        If an output is a folder or has none to lie in, cannot be made where it is to lie, is also an input or another
        output, or is there already.
    """
    taken = {os.path.realpath(path) for path in inputs if path is not None}  # of a link that loops too
    for path in (Path(output) for output in outputs if output is not None):
        _check_place(path)
        if os.path.realpath(path) in taken:
            raise ProsodySerError(
                f"{path}: this output would overwrite another file of the same command; choose another name"
            )
        if os.path.isfile(path) and not force:
            raise ProsodySerError(f"{path}: the file exists already; choose another name, or add --force to replace it")
        taken.add(os.path.realpath(path))


def _check_place(path: Path) -> None:
    """Refuse a place where a file could not be written: one is made there for a moment."""
    if os.path.isdir(path):
        raise ProsodySerError(f"{path}: this is a folder; give the name of a file")
    folder = Path(os.path.realpath(path)).parent if os.path.islink(path) else path.parent
    try:
        stream = _is_stream(path)
        if not os.path.isdir(folder):
            raise ProsodySerError(f"{folder}: no such folder, so {path.name} cannot be written there")
        if not stream:
            _temporary_beside(folder / path.name).unlink()
        elif not os.access(path, os.W_OK):
            raise ProsodySerError(f"{path}: the file cannot be written (no permission)")
    except PermissionError as error:
        raise ProsodySerError(f"{path}: the file cannot be written (no permission in its folder)") from error
    except OSError as error:
        raise ProsodySerError(f"{path}: the file cannot be written ({error.strerror}); choose another name") from error


def _is_stream(path: Path) -> bool:
    """Whether a device or a pipe is there.

    An OSError if there can be no file of that name: a link leads back to itself, say, or the name is too long.
    """
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:  # also what a link leads to
        return False


def _temporary_beside(target: Path | None, suffix: str = "") -> Path:
    """A new empty file in the folder of `target` and with its suffix, or among the temporary files."""
    if target is None:
        handle, name = tempfile.mkstemp(suffix=suffix)
    else:  # the whole stem would make a name too long of one that just is not
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem[:20]}-", suffix=target.suffix)
    os.close(handle)
    return Path(name)


@contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path; what is written there becomes `path` when the block ends well.

    Parameters
    ----------
    path : path_like
        The file to write. Its folder must exist. A link is followed; a device or pipe is written to, not replaced.

    Yields
    ------
    Path
        Where to write. It has the same suffix as `path`.

    Raises
    ------
    ProsodySerError
        If the folder is missing or cannot be written to, or the disk is full.
    """
    target = Path(path)
    try:
        stream = _is_stream(target)
        if not stream:
            target = target.resolve()
        temporary = _temporary_beside(None if stream else target, target.suffix)
    except OSError as error:
        raise ProsodySerError(f"{path}: the file cannot be written ({error.strerror})") from error
    try:
        yield temporary
        if stream:
            with open(temporary, "rb") as made, open(target, "wb") as out:
                shutil.copyfileobj(made, out)
        else:
            # mkstemp makes private files; a result gets the permissions that open() would give.
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            os.replace(temporary, target)
    except OSError as error:
        raise ProsodySerError(f"{path}: the file cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write `text` as UTF-8 to `path`, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike, data: Any) -> None:
    """Write `data` as JSON to `path`, whole or not at all; what JSON cannot hold (NaN) is an error."""
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
