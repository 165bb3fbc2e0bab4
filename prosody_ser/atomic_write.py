"""Write a file completely or not at all: an existing file is replaced only when the new one is complete on disk."""

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

Output = str | os.PathLike | None


def check_outputs(*outputs: Output, inputs: Iterable[Output] = (), force: bool) -> None:
    """Check before any work is done that outputs can be written and would not destroy other files.

    This is :func:`check_places`, then :func:`refuse_existing`. A command that has more to check calls the two itself
    and refuses existing files last, so that the user learns of the other mistakes first.

    Parameters
    ----------
    *outputs : path_like or None
        The files to be written.
    inputs : iterable of path_like or None
        The files to be read.
    force : bool
        Whether existing files may be replaced.

    Raises
    ------
    ProsodySerError
        As from the two functions.
    """
    check_places(*outputs, inputs=inputs)
    refuse_existing(*outputs, force=force)


def check_places(*outputs: Output, inputs: Iterable[Output] = ()) -> None:
    """Check that outputs can be written and differ from the inputs and from each other.

    Raises
    ------
    ProsodySerError
        If an output is a folder, its folder does not exist or cannot be written, or it is also an input or another
        output.
    """
    read = {os.path.realpath(path) for path in inputs if path is not None}  # realpath also accepts a link that loops
    taken: set[str] = set()
    for path in (Path(output) for output in outputs if output is not None):
        _check_place(path)
        if os.path.realpath(path) in read:
            raise ProsodySerError(
                f"{path}: this output would overwrite another file, which the same command reads; choose another "
                "name for the output"
            )
        if os.path.realpath(path) in taken:
            raise ProsodySerError(
                f"{path}: this output would overwrite another file, which the same command writes; choose another "
                "name for one of the two"
            )
        taken.add(os.path.realpath(path))


def refuse_existing(*outputs: Output, force: bool) -> None:
    """Raise a ProsodySerError if an output exists already, unless `force` is set."""
    for path in outputs:
        if path is not None and os.path.isfile(path) and not force:
            raise ProsodySerError(f"{path}: the file exists already; choose another name, or add --force to replace it")


def check_suffix(path: Output, what: str, *suffixes: str, error: type[ProsodySerError] = ProsodySerError) -> None:
    """Raise an error unless the name of an output ends in one of the suffixes, in capital or small letters.

    If there is only one format, folders, devices and pipes pass, too: their names need not tell the format, and
    :func:`check_places` refuses folders.

    Parameters
    ----------
    path : path_like or None
    what : str
        What the file holds, with its article, for the message.
    *suffixes : str
    error : type
        Class of the error.
    """
    if path is None or Path(path).suffix.lower() in map(str.lower, suffixes):
        return
    if len(suffixes) == 1 and os.path.exists(path) and not os.path.isfile(path):
        return
    *others, last = suffixes
    expected = f"{', '.join(others)} or {last}" if others else last
    raise error(f"{path}: the name of {what} must end in {expected}")


def _check_place(path: Path) -> None:
    """Raise if a file cannot be written at a path, by creating one there temporarily."""
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
    """Return whether the path is a device or a pipe.

    An OSError is raised if the path is impossible, for example a link to itself or a name that is too long.
    """
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:  # also for a link to a missing file
        return False


def _temporary_beside(target: Path | None, suffix: str = "") -> Path:
    """Create an empty file in the folder of `target` with its suffix, or in the temporary folder."""
    if target is None:
        handle, name = tempfile.mkstemp(suffix=suffix)
    else:  # with the whole stem, the name could be too long
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem[:20]}-", suffix=target.suffix)
    os.close(handle)
    return Path(name)


@contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path, whose file becomes `path` if the block ends without an error.

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
        If the folder is missing or cannot be written, or the disk is full.
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
            # mkstemp creates private files; the result gets the permissions that open() would give.
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            os.replace(temporary, target)
    except OSError as error:
        raise ProsodySerError(f"{path}: the file cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write `text` as UTF-8 to `path`, completely or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike, data: Any) -> None:
    """Write `data` as JSON to `path`, completely or not at all; values that JSON lacks (NaN) are an error."""
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
