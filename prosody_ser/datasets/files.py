"""The files of a folder: which are recordings, and what else is there."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from ..audio.suffixes import HEADERLESS, PICTURES, SOUND, SUFFIXES
from ..errors import CorpusError, listed

#: Suffixes that are named.
_NAMED = 8
#: Where in a file of several tracks they are told: near its beginning or its end.
_TOLD = 1 << 21


def recordings_below(folder: str | os.PathLike) -> list[str]:
    """The recordings among the files below a folder; see :func:`files_below` and :func:`recordings_among`."""
    return recordings_among(folder, files_below(folder))


def files_below(folder: str | os.PathLike) -> list[str]:
    """Every file below a folder, as sorted relative paths with ``/``.

    Hidden files and folders are passed over (macOS leaves ``._name.wav`` beside ``name.wav``). Linked folders are
    followed, each once. A folder that cannot be listed is a CorpusError.
    """

    def refuse(error: OSError) -> None:
        raise CorpusError(f"{error.filename}: the folder cannot be listed ({error.strerror})")

    root = Path(folder)
    paths = []
    seen = set()
    for parent, folders, files in os.walk(root, followlinks=True, onerror=refuse):
        real = os.path.realpath(parent)
        if real in seen:  # a link to a folder above would never end
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        below = Path(parent).relative_to(root)
        paths += [(below / name).as_posix() for name in files if not name.startswith(".")]
    return sorted(paths)


def recordings_among(folder: str | os.PathLike, files: Sequence[str]) -> list[str]:
    """Those that have the suffix of a recording, without films that have their sound as a file beside them."""
    sound = {os.path.splitext(file)[0] for file in files if suffix(file) in SOUND}
    return [
        file
        for file in files
        if suffix(file) in SUFFIXES
        and not (suffix(file) in PICTURES and os.path.splitext(file)[0] in sound and _is_film(Path(folder, file)))
    ]


def suffix(file: str) -> str:
    """Suffix of a file in lower case, with its dot."""
    return os.path.splitext(file)[1].lower()


def _is_film(path: Path) -> bool:
    """Whether a file that may hold pictures does; MP4 and Matroska tell, of others it is taken for granted."""
    try:
        with open(path, "rb") as file:
            told = file.read(_TOLD)
            file.seek(max(os.stat(path).st_size - _TOLD, len(told)))
            told += file.read(_TOLD)
    except OSError:
        return True
    if b"hdlr" in told:
        return b"vide" in told
    return not told.startswith(b"\x1aE\xdf\xa3") or b"\x83\x81\x01" in told  # a track of Matroska's type 1


def counted(files: Iterable[str]) -> dict[str, int]:
    """How many files there are of each suffix, most first; with what it stands for where that explains something."""
    counts = Counter(PurePosixPath(file).suffix.lower() for file in files)
    by_kind = {}
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        what = " (video)" if name in PICTURES else " (samples without a header)" if name in HEADERLESS else ""
        by_kind[(name or "without suffix") + what] = count
    return by_kind


def suffixes_text(counts: dict[str, int]) -> str:
    """``3 .txt, 2 .mp4 (video)``."""
    return listed((f"{count} {name}" for name, count in counts.items()), _NAMED)


def no_recordings_error(folder: str | os.PathLike, files: Sequence[str]) -> CorpusError:
    """The error for a folder without recordings, which says what it holds."""
    there = f"it contains {suffixes_text(counted(files))}" if files else "it contains no files"
    return CorpusError(f"{folder}: no recordings found; {there}")
