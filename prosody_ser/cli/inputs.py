"""Checks of the files that a command reads: each must exist and be of a kind that the command accepts.

Commands make these checks before they begin to work.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import ProsodySerError, did_you_mean
from ..paths import OnePath

TABLE, MODEL, RESULT, RECORDING, LABELS, FOLDER = "table", "model", "result", "recording", "labels", "folder"
_ARCHIVE = "archive"
#: The kinds in words, for messages.
_NAMES = {
    TABLE: "a feature table (.csv or .parquet, from 'extract')",
    MODEL: "a model (.skops, from 'train')",
    RESULT: "a result (.json, from 'cv')",
    RECORDING: "a recording",
    LABELS: "a CSV of labels",
    FOLDER: "a folder of recordings",
    _ARCHIVE: "a ZIP archive (a model file is one too, but its name ends in .skops)",
}
#: First bytes of every ZIP archive.
_ARCHIVE_START = b"PK\x03\x04"


def check_input(path: OnePath, *accepted: str) -> None:
    """Refuse a path that does not exist, and a file that is clearly of a kind which the command does not accept.

    Parameters
    ----------
    path : path_like
    *accepted : str
        The kinds that the command accepts here.

    Raises
    ------
    ProsodySerError
        The message suggests the most similar name in the folder, or says what the file is and what was expected.
    """
    if not _exists(path):
        meant = [kind for kind in _kinds(path) if kind in accepted and kind != LABELS] or list(
            accepted if len(accepted) == 1 else ()
        )
        what = meant[0] if meant else "file" if Path(path).suffix else "folder"
        raise ProsodySerError(f"{path}: no such {what}{_nearest(path)}")
    kinds = _kinds(path)
    if kinds and not set(kinds) & set(accepted):
        wanted = " or ".join(_NAMES[kind] for kind in accepted)
        raise ProsodySerError(f"{path}: this is {_NAMES[kinds[0]]}, but the command expects {wanted}")


def check_inputs(paths: Iterable[OnePath], *accepted: str) -> None:
    """Call :func:`check_input` for each path."""
    for path in paths:
        check_input(path, *accepted)


def _exists(path: OnePath) -> bool:
    """Whether a path exists, in its own or in the other Unicode form (NFC or NFD)."""
    from ..datasets.places import in_its_own_form

    return os.path.exists(path) or os.path.exists(in_its_own_form(os.fspath(path)))


def _siblings(path: OnePath) -> list[str]:
    """Names of the files and folders in the same folder as `path`."""
    try:
        return os.listdir(os.path.dirname(path) or ".")
    except (OSError, ValueError):
        return []


def _nearest(path: OnePath) -> str:
    folder, name = os.path.split(os.path.normpath(path))
    return did_you_mean(name, _siblings(os.path.join(folder, name)), lambda near: os.path.join(folder, near))


def _kinds(path: OnePath) -> tuple[str, ...]:
    """Kinds that a file can be, judged by its name and first bytes; empty if these do not show it."""
    from ..audio.suffixes import SUFFIXES

    suffix = Path(path).suffix.lower()
    if os.path.isdir(path):
        return (FOLDER,)
    if suffix == ".skops":
        return (MODEL,)
    start = _start_of(path)
    if start.startswith(_ARCHIVE_START):
        return (_ARCHIVE,)
    if suffix in (".csv", ".tsv") and start.startswith(b"{"):  # written by an earlier 'cv --out r.csv'
        return (RESULT,)
    if suffix in (".csv", ".tsv"):
        return (TABLE,) if os.path.exists(f"{os.fspath(path)}.json") else (LABELS, TABLE)
    return {".json": (RESULT,), ".parquet": (TABLE,)}.get(suffix, (RECORDING,) if suffix in SUFFIXES else ())


def _start_of(path: OnePath) -> bytes:
    """Return the first bytes of a file; none if it is no file, or cannot be read."""
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(len(_ARCHIVE_START))
    except OSError:
        return b""
