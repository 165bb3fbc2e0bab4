"""Arguments that are one or more paths, and the folders for caches and temporary files."""

import atexit
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import platformdirs

from .errors import CorpusError, ProsodySerError

#: Environment variable that names the folder for caches, in place of the usual one.
CACHE_VARIABLE = "PROSODY_SER_CACHE"

OnePath = str | os.PathLike[str]
Paths = OnePath | Iterable[OnePath]


def cache_folder() -> Path:
    """Return the folder for caches, which need not exist yet."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("prosody-ser"))


@cache
def private_folder() -> Path:
    """Return a private temporary folder of this user, which is kept for the next run.

    Everyone can write to the folder for temporary files. So an existing folder is only used if it is not a link,
    belongs to this user, and nobody else can access it. Otherwise a new folder is created for the lifetime of this
    process.

    Raises
    ------
    ProsodySerError
        If no temporary folder can be written.
    """
    user = os.getuid() if hasattr(os, "getuid") else ""
    try:
        usual = Path(tempfile.gettempdir()) / f"prosody-ser-{user}"
        if _made_private(usual) and os.access(usual, os.W_OK | os.X_OK):
            return usual
        made = Path(tempfile.mkdtemp(prefix="prosody-ser-"))
    except OSError as error:
        raise ProsodySerError(
            f"no temporary folder can be written ({error.strerror}); set TMPDIR to another folder"
        ) from error
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _made_private(folder: Path) -> bool:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    info = os.lstat(folder)
    if not hasattr(os, "getuid"):  # temporary folders are private on such systems
        return stat.S_ISDIR(info.st_mode)
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid() and not info.st_mode & 0o077


def as_paths(given: Paths) -> list[str]:
    """Return one or more paths as a list of str. A string is one path, not an iterable of letters.

    Raises
    ------
    CorpusError
        If there is no path, or one is not a path.

    Examples
    --------
    >>> as_paths("my.wav"), as_paths(["a.wav", "b.wav"])
    (['my.wav'], ['a.wav', 'b.wav'])
    """
    if isinstance(given, Mapping) or hasattr(given, "columns"):
        raise CorpusError(
            f"a {type(given).__name__} is not a path: give a list of paths, such as frame['file'].tolist(); a CSV "
            "with labels is made by frame.to_csv('clips.csv', index=False), and its path is given instead"
        )
    one = isinstance(given, str | bytes | os.PathLike) or not isinstance(given, Iterable)
    paths = [_as_path(path) for path in ([given] if one else given)]  # type: ignore[union-attr]
    if not paths:
        raise CorpusError("no recording or folder was given")
    return paths


def _as_path(one: object) -> str:
    if not isinstance(one, str | bytes | os.PathLike):
        raise CorpusError(f"{one!r:.60} is not a path: give paths as str or pathlib.Path")
    path = os.fsdecode(one)
    if not path:
        raise CorpusError("an empty text is not a path")
    return path
