"""List the files of a folder: recordings and others."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from ..audio.files.suffixes import HEADERLESS, PICTURES, SOUND, SUFFIXES
from ..errors import CorpusError, listed

#: Largest number of suffixes that are named.
_NAMED = 8
#: Bytes at the beginning and at the end of a video file in which its tracks are described.
_TRACKS_BYTES = 1 << 21


def recordings_below(folder: str | os.PathLike) -> list[str]:
    """Return the recordings among the files below a folder; see :func:`recordings_among`."""
    return recordings_among(folder, files_below(folder))


def files_below(folder: str | os.PathLike) -> list[str]:
    """Return every file below a folder, as sorted relative paths with ``/``.

    Hidden files and folders are ignored (macOS creates ``._name.wav`` beside ``name.wav``). Linked folders are
    followed, each once. A folder that cannot be listed raises a CorpusError.
    """

    def refuse(error: OSError) -> None:
        raise CorpusError(f"{error.filename}: the folder cannot be listed ({error.strerror})")

    root = Path(folder)
    paths = []
    seen = set()
    for parent, folders, files in os.walk(root, followlinks=True, onerror=refuse):
        real = os.path.realpath(parent)
        if real in seen:  # a link to a parent folder would be endless
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        below = Path(parent).relative_to(root)
        paths += [(below / name).as_posix() for name in files if not name.startswith(".")]
    return sorted(paths)


def recordings_among(folder: str | os.PathLike, files: Sequence[str]) -> list[str]:
    """Return the files with the suffix of a recording, without videos that have an audio file of the same name."""
    sound = {os.path.splitext(file)[0] for file in files if suffix(file) in SOUND}
    return [
        file
        for file in files
        if suffix(file) in SUFFIXES
        and not (suffix(file) in PICTURES and os.path.splitext(file)[0] in sound and _is_film(Path(folder, file)))
    ]


def suffix(file: str) -> str:
    """Return the suffix of a file in lower case, with its dot."""
    return os.path.splitext(file)[1].lower()


def _is_film(path: Path) -> bool:
    """Return whether a file contains video; this is tested for MP4 and Matroska, and assumed for other formats."""
    try:
        with open(path, "rb") as file:
            described = file.read(_TRACKS_BYTES)
            file.seek(max(os.stat(path).st_size - _TRACKS_BYTES, len(described)))
            described += file.read(_TRACKS_BYTES)
    except OSError:
        return True
    if b"hdlr" in described:
        return b"vide" in described
    return not described.startswith(b"\x1aE\xdf\xa3") or b"\x83\x81\x01" in described  # a track of Matroska's type 1


def counts_by_suffix(files: Iterable[str]) -> dict[str, int]:
    """Count the files of each suffix, most frequent first, with an explanation of some suffixes."""
    counts = Counter(PurePosixPath(file).suffix.lower() for file in files)
    by_kind = {}
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        what = " (video)" if name in PICTURES else " (samples without a header)" if name in HEADERLESS else ""
        by_kind[(name or "without suffix") + what] = count
    return by_kind


def suffixes_text(counts: dict[str, int]) -> str:
    """Format counts of suffixes: ``3 .txt, 2 .mp4 (video)``."""
    return listed((f"{count} {name}" for name, count in counts.items()), _NAMED)


def no_recordings_error(folder: str | os.PathLike, files: Sequence[str]) -> CorpusError:
    """Make the error for a folder without recordings, which lists what it contains."""
    there = f"it contains {suffixes_text(counts_by_suffix(files))}" if files else "it contains no files"
    inside = (
        "; recordings inside Parquet or Arrow files, as in data sets of Hugging Face, must be written to files first"
        if any(suffix(file) in (".parquet", ".arrow") for file in files)
        else ""
    )
    return CorpusError(f"{folder}: no recordings found; {there}{inside}")
