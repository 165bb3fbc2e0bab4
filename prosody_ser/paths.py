"""One path or many: what takes paths takes both. And the folder for what is kept between runs."""

import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from .errors import CorpusError

#: Names the folder for caches, if it is not to be the system's own.
CACHE_VARIABLE = "PROSODY_SER_CACHE"

OnePath = str | os.PathLike[str]
Paths = OnePath | Iterable[OnePath]


def cache_folder() -> Path:
    """Where this package keeps what it may throw away; it need not be there yet."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("prosody-ser"))


def as_paths(given: Paths) -> list[str]:
    """The paths that are named, as a list. A string is one path, never an iterable of letters.

    Raises
    ------
    CorpusError
        If none is named, or one is no path.

    Examples
    --------
    >>> as_paths("my.wav"), as_paths(["a.wav", "b.wav"])
    (['my.wav'], ['a.wav', 'b.wav'])
    """
    one = isinstance(given, str | bytes | os.PathLike) or not isinstance(given, Iterable)
    found = [_as_path(path) for path in ([given] if one else given)]  # type: ignore[union-attr]
    if not found:
        raise CorpusError("no recording or folder is named")
    return found


def _as_path(one: object) -> str:
    if not isinstance(one, str | bytes | os.PathLike):
        raise CorpusError(f"{one!r:.60} is no path: name files and folders by text or pathlib.Path")
    path = os.fsdecode(one)
    if not path:
        raise CorpusError("an empty text is no path")
    return path
