"""Read text files with rows and columns from other programs: find encoding, separator and complete rows.

The encoding is UTF-8 or UTF-16 according to the byte order mark, UTF-8 without one, or otherwise Windows-1252 with a
note. The separator is the one of comma, semicolon and tab with which the first line has a required column. The first
line ``sep=;`` of Excel is supported. A file that ends in ``.jsonl`` has a JSON object on each line instead.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..errors import CorpusError, counted
from ..file_errors import why_unreadable
from ..paths import OnePath
from ..tables.spellings import plain_name
from .first_few import FirstFew
from .json_lines import rows_of_objects

#: Suffixes of files that :func:`read_rows` is asked to read.
LABELS_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".jsonl"})
SEPARATORS = (",", ";", "\t")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: Number of bytes in which the first row of a file is searched.
_HEAD = 100_000
_EXCEL = re.compile(r'"?sep=([,;\t|])"?[,;\t\r\n]*', re.IGNORECASE)


class MissingColumnError(CorpusError):
    """A file of rows and columns without the required column."""


@dataclass(frozen=True)
class Rows:
    """The complete rows of a text file."""

    columns: tuple[str, ...]  #: names without outer spaces; empty for a column without a name
    #: for each row its first line (counted from 1) and its stripped cells, as many as columns
    cells: list[tuple[int, list[str]]]
    collected: FirstFew  #: notes for the user, each of which names the file
    left_out: int  #: rows with too few or too many cells


def read_rows(path: Path, needed: Collection[str]) -> Rows:
    """Read a file of rows and columns that has a column in `needed` (normalised by `plain_name`).

    Raises
    ------
    MissingColumnError
        If none of `needed` is a column.
    CorpusError
        If the file cannot be read or is not text, two columns have one name, or a quote is not closed.
    """
    collected = FirstFew()
    text = _decoded(path, collected)
    if path.suffix.lower() == ".jsonl":
        names, of_objects = rows_of_objects(path, text)
        return Rows(_columns(path, names, needed), of_objects, collected, 0)
    lines = io.StringIO(text, newline="").readlines()
    stated = _EXCEL.fullmatch(lines[0]) if lines else None
    before = 1 if stated else 0
    first = next(filter(str.strip, lines), "")
    separator = stated[1] if stated else _separator(first, needed)
    reader = csv.reader(lines[before:], delimiter=separator, strict=True, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    line = before + 1
    try:
        for row in reader:
            rows.append((line, [cell.strip() for cell in row]))
            line = before + reader.line_num + 1
    except csv.Error as error:
        raise CorpusError(f"{path} line {line}: {why_unreadable(error)}") from error
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if not rows:
        raise CorpusError(f"{path}: the file {'has no rows' if text else 'is empty'}")
    columns = _columns(path, rows[0][1], needed)
    whole = []
    for line, cells in rows[1:]:
        surplus = cells[len(columns) :]
        if len(cells) < len(columns) or any(surplus):
            what = f"the row has {counted(len(cells), 'cell')} instead of {len(columns)} and was left out"
            collected.add_on_line(
                path, line, f"left out, because they do not have {counted(len(columns), 'cell')}", what
            )
        else:
            whole.append((line, cells[: len(columns)]))
    return Rows(columns, whole, collected, len(rows) - 1 - len(whole))


def header_of(path: OnePath) -> set[str]:
    """Return the first row of a file, normalised by `plain_name`, without reading the rest; empty if it has none.

    Unlike :func:`read_rows`, this accepts any file, since it serves to find out what the file is.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_HEAD)
    except OSError:
        return set()
    # UTF-16 without a mark is read as UTF-8, in which it is plain text with NUL characters.
    lines = data.decode(_encoding_by_mark(data), errors="replace").replace("\0", "").splitlines()
    first = next((line for line in lines if line.strip() and not _EXCEL.fullmatch(line)), "")
    return {plain_name(cell.strip().strip('"')) for cell in re.split(r"[,;\t]", first)} - {""}


def _encoding_by_mark(data: bytes) -> str:
    return next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")


def _decoded(path: Path, collected: FirstFew) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: {why_unreadable(error)}") from error
    encoding = _encoding_by_mark(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise CorpusError(f"{path}: the file begins as {encoding.upper()}, but is not ({error.reason})") from error
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise CorpusError(f"{path}: the file is neither UTF-8 nor Windows-1252; save it as UTF-8") from error
        collected.add(f"{path}: the file is not UTF-8 and was read as Windows-1252")
    if "\0" in text:
        raise CorpusError(f"{path}: the file is not text (it contains NUL characters); save it as UTF-8")
    return text


def _separator(first: str, needed: Collection[str]) -> str:
    """Return the separator that gives the header a required column; of several, the one with most columns."""

    def fits(separator: str) -> tuple[bool, int]:
        names = [plain_name(name.strip().strip('"')) for name in first.split(separator)]
        return not set(names).isdisjoint(needed), len(names)

    return max(SEPARATORS, key=fits)


def _columns(path: Path, names: list[str], needed: Collection[str]) -> tuple[str, ...]:
    while names and not names[-1]:  # spreadsheets can end lines with separators
        names = names[:-1]
    plain = [name.lower() for name in names]
    if set(map(plain_name, names)).isdisjoint(needed):
        there = ", ".join(map(repr, names[:12]))
        raise MissingColumnError(
            f"{path}: no column names the recordings, such as 'file', 'file_name' or 'path' (its columns: {there}); "
            "choose one with --columns file=NAME"
        )
    twice = next((name for name in names if name and plain.count(name.lower()) > 1), None)
    if twice is not None:
        raise CorpusError(f"{path}: two columns have the name {twice!r}")
    return tuple(names)
