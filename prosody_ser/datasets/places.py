"""Find a listed file by its path, in another Unicode form, or in a folder below."""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..audio.files.suffixes import SUFFIXES
from ..errors import listed
from .files import suffix

#: Depth of folders and number of files in the search for a file that is not at its listed path.
_DEPTH, _MOST_FILES = 3, 200_000
#: Largest number of suggested names, and their least similarity.
_NEAR, _ALIKE = 3, 0.75
_DIGITS = re.compile(r"\d+")


def in_its_own_form(path: str) -> str:
    """Return a path in the Unicode form of the name on disk, if it differs; otherwise unchanged.

    ``ö`` can be one character, or ``o`` and a diaeresis, as on macOS and in some archives.
    """
    if os.path.lexists(path) or path.isascii():
        return path
    parent, name = os.path.split(path)
    if not name or parent == path:
        return path
    parent = in_its_own_form(parent) if parent else parent
    try:
        there = _own_forms(parent or ".", os.stat(parent or ".").st_mtime_ns)
    except OSError:
        there = {}
    return os.path.join(parent, there.get(_composed(name), name))


@lru_cache(maxsize=64)
def _own_forms(folder: str, changed: int) -> dict[str, str]:
    """Map the composed form of every name in a folder to the name; `changed` is the folder's modification time."""
    return {_composed(name): name for name in _listed(folder)}


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def near_names(path: str | os.PathLike) -> list[str]:
    """Return the names in the folder of a missing file that are most similar to its name.

    Examples
    --------
    >>> Path("emodb").mkdir()
    >>> near_names("emobd")
    ['emodb']
    """
    parent, name = os.path.split(os.path.normpath(path))
    plain = {other: other.casefold() for other in _listed(parent or ".") if other[0] != "." and not _next(name, other)}
    near = get_close_matches(name.casefold(), plain.values(), _NEAR, _ALIKE)
    return [other for other in plain if plain[other] in near][:_NEAR]


def _next(name: str, other: str) -> bool:
    """Return whether two names differ in their numbers alone; the next of numbered clips is no suggestion."""
    return _DIGITS.sub("", name) == _DIGITS.sub("", other) != name


def is_absolute(path: str) -> bool:
    """Return whether a path is absolute on this system or on Windows."""
    return os.path.isabs(path) or PureWindowsPath(path).is_absolute()


def did_you_mean(path: str | os.PathLike) -> str:
    """Return ``; did you mean emodb?``, or an empty text if no name is similar.

    If the folder has names that differ in their numbers alone, it gives these: ``; similar names: clip1.wav, clip2.wav
    and 4 more``.
    """
    parent, name = os.path.split(os.path.normpath(path))
    series = [other for other in _listed(parent or ".") if _next(name, other)]
    if series:
        return f"; similar names: {listed(series, 2)}"
    near = near_names(path)
    return f"; did you mean {' or '.join(near)}?" if near else ""


class Below:
    """The recordings below a folder, found by the end of their path; the folder is searched once, at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_end: dict[str, list[str]] | None = None

    def find(self, cell: str) -> str:
        """Return the recording whose path ends with `cell`, with or without suffix; empty if there is none, or several.

        The whole of `cell` must agree: ``sad/a.wav`` never matches ``happy/a.wav``. Of an absolute path, which another
        computer may have written, as much of its end as possible must agree, at least the file and its folder.
        """
        if self._by_end is None:
            self._by_end = defaultdict(list)
            for file in _files_below(self.folder):
                parts = PurePosixPath(_composed(file)).parts
                for first in range(len(parts)):
                    end = "/".join(parts[first:])
                    self._by_end[end].append(file)
                    self._by_end[end.removesuffix(PurePosixPath(end).suffix)].append(file)
        parts = PurePosixPath(_composed(os.path.normpath(cell.replace("\\", "/")))).parts
        ends = (
            ["/".join(parts[first:]) for first in range(1, len(parts) - 1)] if is_absolute(cell) else ["/".join(parts)]
        )
        matches = next((found for end in ends if (found := self._by_end.get(end))), [])
        return os.path.join(self.folder, matches[0]) if len(matches) == 1 else ""


def _files_below(folder: Path) -> Iterator[str]:
    """Yield recordings below a folder, except hidden or very deep ones; skip folders that cannot be listed."""
    n_files = 0
    for parent, folders, files in os.walk(folder):
        below = Path(parent).relative_to(folder)
        folders[:] = sorted(f for f in folders if not f.startswith(".")) if len(below.parts) < _DEPTH else []
        n_files += len(files)
        if n_files > _MOST_FILES:
            return
        yield from ((below / name).as_posix() for name in files if suffix(name) in SUFFIXES and name[0] != ".")
