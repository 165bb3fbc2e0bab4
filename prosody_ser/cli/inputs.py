"""What a command is given to read must be there, and of a kind that it takes; else it ends before any work is done."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import ProsodySerError, did_you_mean
from ..paths import OnePath

TABLE, MODEL, RESULT, RECORDING, LABELS, FOLDER = "table", "model", "result", "recording", "labels", "folder"
_ARCHIVE = "archive"
#: What each kind is called where another is needed.
_NAMES = {
    TABLE: "a table of features (.csv or .parquet, from 'extract')",
    MODEL: "a model (.skops, from 'train')",
    RESULT: "a result (.json, from 'cv')",
    RECORDING: "a recording",
    LABELS: "a CSV of labels",
    FOLDER: "a folder of recordings",
    _ARCHIVE: "an archive (a model is one, too, but ends in .skops)",
}
#: What every archive begins with, whatever its name.
_ARCHIVE_START = b"PK\x03\x04"


def check_input(path: OnePath, *taken: str) -> None:
    """Refuse what is not there, and what is plainly of a kind that the command does not take.

    Parameters
    ----------
    path : path_like
    *taken : str
        The kinds that the command takes here.

    Raises
    ------
    ProsodySerError
        With the nearest name in the same folder, or with what the file is and what it should be.
    """
    if not _is_there(path):
        meant = [kind for kind in _kinds(path) if kind in taken and kind != LABELS] or list(
            taken if len(taken) == 1 else ()
        )
        what = meant[0] if meant else "file" if Path(path).suffix else "folder"
        raise ProsodySerError(f"{path}: no such {what}{_nearest(path)}")
    kinds = _kinds(path)
    if kinds and not set(kinds) & set(taken):
        wanted = " or ".join(_NAMES[one] for one in taken)
        raise ProsodySerError(f"{path}: is {_NAMES[kinds[0]]}; this command takes {wanted} in its place")


def check_inputs(paths: Iterable[OnePath], *taken: str) -> None:
    """The same of each path."""
    for path in paths:
        check_input(path, *taken)


def _is_there(path: OnePath) -> bool:
    """Whether a path exists; its letters may be composed otherwise on the disk (NFC and NFD)."""
    from ..datasets.places import in_its_own_form

    return os.path.exists(path) or os.path.exists(in_its_own_form(os.fspath(path)))


def _beside(path: OnePath) -> list[str]:
    try:
        return os.listdir(os.path.dirname(path) or ".")
    except (OSError, ValueError):
        return []


def _nearest(path: OnePath) -> str:
    folder, name = os.path.split(os.path.normpath(path))
    return did_you_mean(name, _beside(os.path.join(folder, name)), lambda near: os.path.join(folder, near))


def _kinds(path: OnePath) -> tuple[str, ...]:
    """What a file plainly is, or may be; nothing where only a look into it could tell."""
    from ..audio.suffixes import SUFFIXES

    suffix = Path(path).suffix.lower()
    if os.path.isdir(path):
        return (FOLDER,)
    if suffix == ".skops":
        return (MODEL,)
    if os.path.isfile(path) and _is_archive(path):
        return (_ARCHIVE,)
    if suffix in (".csv", ".tsv"):
        return (TABLE,) if os.path.exists(f"{os.fspath(path)}.json") else (LABELS, TABLE)
    return {".json": (RESULT,), ".parquet": (TABLE,)}.get(suffix, (RECORDING,) if suffix in SUFFIXES else ())


def _is_archive(path: OnePath) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(_ARCHIVE_START)) == _ARCHIVE_START
    except OSError:
        return False
