"""Checks of the files that a command reads: each must exist and be of a kind that the command accepts.

Commands make these checks before they begin to work.
"""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from ..errors import ProsodySerError, did_you_mean
from ..paths import OnePath

TABLE, MODEL, RESULT, RECORDING, LABELS, FOLDER = "table", "model", "result", "recording", "labels", "folder"
_ARCHIVE, _PAGE, _PICTURE, _SPREADSHEET = "archive", "page", "picture", "spreadsheet"
#: The kinds in words, for messages.
_NAMES = {
    TABLE: "a feature table (.csv or .parquet, from 'extract')",
    MODEL: "a model (.skops, from 'train')",
    RESULT: "a result (.json, from 'cv')",
    RECORDING: "a recording",
    LABELS: "a CSV of labels",
    FOLDER: "a folder of recordings",
    _ARCHIVE: "a ZIP archive (a model file is one too, but its name ends in .skops)",
    _PAGE: "a web page",
    _PICTURE: "a picture",
    _SPREADSHEET: "a spreadsheet (save it as .csv)",
}
#: The kind of a file by its suffix, where no command reads such files or the suffix alone decides.
_BY_SUFFIX = {
    **{".skops": MODEL, ".json": RESULT, ".parquet": TABLE},
    **dict.fromkeys((".html", ".htm"), _PAGE),
    **dict.fromkeys((".png", ".svg", ".pdf", ".jpg", ".jpeg"), _PICTURE),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), _SPREADSHEET),
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
        The message suggests the most similar name of an accepted kind, or says what the file is and what was expected.
    """
    if not _exists(path):
        meant = [kind for kind in _kinds(path) if kind in accepted and kind != LABELS] or list(
            accepted if len(accepted) == 1 else ()
        )
        what = meant[0] if meant else "file" if Path(path).suffix else "folder"
        near = _nearest(path, meant or accepted)
        first = "; run 'prosody-ser cv' first, which writes one" if meant == [RESULT] and not near else ""
        raise ProsodySerError(f"{path}: no such {what}{near}{first}")
    kinds = _kinds(path)
    if kinds and not set(kinds) & set(accepted):
        wanted = " or ".join(_NAMES[kind] for kind in accepted)
        what = "a CSV file" if LABELS in kinds and not _has_labels(path) else _NAMES[kinds[0]]
        if TABLE in kinds and _has_recordings(path):
            what = "a Parquet file with recordings inside, which must be written to files first"
        raise ProsodySerError(f"{path}: this is {what}, but the command expects {wanted}")


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


def _nearest(path: OnePath, accepted: Collection[str]) -> str:
    folder, name = os.path.split(os.path.normpath(path))
    here = (near for near in _siblings(os.path.join(folder, name)) if _may_be(os.path.join(folder, near), accepted))
    return did_you_mean(name, here, lambda near: os.path.join(folder, near))


def _may_be(path: str, accepted: Collection[str]) -> bool:
    """Whether the name of a file allows one of the accepted kinds; the description beside a CSV is no result."""
    described = path.removesuffix(".json")
    if described != path and Path(described).suffix.lower() == ".csv" and os.path.exists(described):
        return False
    return not set(_kinds_by_name(path)).isdisjoint(accepted)


def _kinds(path: OnePath) -> tuple[str, ...]:
    """Kinds that a file can be, judged by its name and first bytes; empty if these do not show it."""
    kinds = _kinds_by_name(path)
    start = _start_of(path)
    if start.startswith(_ARCHIVE_START) and kinds not in ((MODEL,), (_SPREADSHEET,)):
        return (_ARCHIVE,)
    if start.startswith(b"{") and TABLE in kinds:  # written by an earlier 'cv --out r.csv'
        return (RESULT,)
    return kinds


def _kinds_by_name(path: OnePath) -> tuple[str, ...]:
    from ..audio.files.suffixes import SUFFIXES

    suffix = Path(path).suffix.lower()
    if os.path.isdir(path):
        return (FOLDER,)
    if suffix in (".csv", ".tsv"):
        return (TABLE,) if os.path.exists(f"{os.fspath(path)}.json") else (LABELS, TABLE)
    if suffix in _BY_SUFFIX:
        return (_BY_SUFFIX[suffix],)
    return (RECORDING,) if suffix in SUFFIXES else ()


def _has_labels(path: OnePath) -> bool:
    """Whether the first line of a CSV names a column with recordings and one with emotions."""
    from ..datasets.delimited import header_of
    from ..datasets.find import NAMES_OF_EMOTIONS
    from ..datasets.labels import names_of_files

    columns = header_of(path)
    return bool(columns & names_of_files() and columns & NAMES_OF_EMOTIONS)


def _has_recordings(path: OnePath) -> bool:
    """Whether a Parquet file has a column of whole recordings, as data sets of Hugging Face do."""
    if Path(path).suffix.lower() != ".parquet":
        return False
    from pyarrow import ArrowException, parquet, types

    try:
        schema = parquet.read_schema(path)
    except (ArrowException, OSError):
        return False
    return any(types.is_struct(column.type) and column.type.get_field_index("bytes") >= 0 for column in schema)


def _start_of(path: OnePath) -> bytes:
    """Return the first bytes of a file; none if it is no file, or cannot be read."""
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read(len(_ARCHIVE_START))
    except OSError:
        return b""
