"""Write a file so that it is either whole or not there.

An existing file is replaced only once the new one is complete on disk.
"""

import json
import os
import shutil
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
        If an output is a folder or has none to lie in, is also an input or another output, or is there already.
    """
    taken = {os.path.realpath(path) for path in inputs if path is not None}  # of a link that loops too
    for path in (Path(output) for output in outputs if output is not None):
        if os.path.isdir(path):
            raise ProsodySerError(f"{path}: is a folder; name a file to write")
        if not os.path.isdir(path.parent):
            raise ProsodySerError(f"{path.parent}: no such folder to write {path.name} to")
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise ProsodySerError(f"{path}: cannot be written (no permission in its folder)")
        if os.path.realpath(path) in taken:
            raise ProsodySerError(f"{path}: would overwrite another file of this command; name another output")
        if path.is_file() and not force:
            raise ProsodySerError(f"{path}: is there already; name another file, or add --force to replace it")
        taken.add(os.path.realpath(path))


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
    stream = target.exists() and not target.is_file()
    if not stream:
        target = target.resolve()
    try:
        handle, name = tempfile.mkstemp(
            dir=None if stream else target.parent, prefix=f".{target.stem}-", suffix=target.suffix
        )
    except OSError as error:
        raise ProsodySerError(f"{path}: cannot be written ({error.strerror})") from error
    os.close(handle)
    temporary = Path(name)
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
        raise ProsodySerError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write `text` as UTF-8 to `path`, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike, data: Any) -> None:
    """Write `data` as JSON to `path`, whole or not at all; what JSON cannot hold (NaN) is an error."""
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
