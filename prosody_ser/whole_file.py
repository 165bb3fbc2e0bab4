"""Write a file so that it is either whole or not there.

An existing file is replaced only once the new one is complete on disk.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ProsodySerError


@contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`; move it there when the block ends well.

    Parameters
    ----------
    path : path_like
        The file to write. Its folder must exist.

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
    if target.is_dir():
        raise ProsodySerError(f"{target}: is a folder; name a file to write")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix)
    except OSError as error:
        raise ProsodySerError(f"{target}: cannot be written ({error.strerror})") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes private files; a result gets the permissions that open() would give.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        os.replace(temporary, target)
    except OSError as error:
        raise ProsodySerError(f"{target}: cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write `text` as UTF-8 to `path`, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
