"""A CSV that says who speaks how: ``file[,start,end],speaker,emotion``, other columns kept as metadata.

Files are named from the folder of the CSV. Several rows may name stretches (start and end, in s) of one file. What is
wrong is said line by line; the other rows go on.
"""

import csv
import io
import math
from dataclasses import fields
from pathlib import Path, PurePath

from ..errors import CorpusError
from ..table import INDEX_COLUMNS, METADATA_COLUMNS
from .corpus import Corpus, Utterance
from .vocabulary import common_emotion

#: Columns of a CSV of labels, and the other names that they go by.
ALIASES = {
    "filename": "file",
    "file_name": "file",
    "path": "file",
    "speaker_id": "speaker",
    "gender": "sex",
    "lang": "language",
    "begin": "start",
}
SEXES = {"f": "female", "female": "female", "woman": "female", "m": "male", "male": "male", "man": "male"}
#: What a column of this name fills; all others are kept as they are.
_KNOWN = {f.name for f in fields(Utterance)} - {"extra", "path"}
_RESERVED = {*INDEX_COLUMNS, *METADATA_COLUMNS} - _KNOWN


def read_labels(path: Path, prefix: str = "") -> tuple[list[Utterance], list[str]]:
    """The utterances of a CSV of labels.

    Parameters
    ----------
    path : Path
    prefix : str
        Comes before the names of its files: where the CSV's folder lies below the corpus folder.

    Returns
    -------
    utterances : list of Utterance
        In the order of the CSV, each stretch once; files that are missing too.
    notes : list of str
        What a user must be told, naming file and line.

    Raises
    ------
    CorpusError
        If it cannot be read, lacks ``file`` or the emotion, or says two things of one stretch.
    """
    text, notes = _decoded(path)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(path, text), strict=True)
    seen: dict[tuple, tuple[Utterance, int]] = {}
    try:
        header = _header(path, next(rows, []), notes)
        for cells in rows:
            where = f"{path} line {rows.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                notes.append(f"{where}: {len(cells)} cells under {len(header)} columns; left out")
                continue
            told = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            try:
                utterance = _utterance(path.parent, prefix, told)
            except ValueError as error:
                notes.append(f"{where}: {error}; left out")
                continue
            stretch = (utterance.path, utterance.start, repr(utterance.end))
            if stretch not in seen:
                seen[stretch] = utterance, rows.line_num
                if not Path(utterance.path).exists():
                    notes.append(f"{where}: {utterance.file}: no such file")
                continue
            first, line = seen[stretch]
            if (first.speaker, first.emotion) != (utterance.speaker, utterance.emotion):
                raise CorpusError(f"{where}: {utterance.file} has another speaker or emotion in line {line}")
            notes.append(f"{where}: {utterance.file} is in line {line} already; left out")
    except csv.Error as error:
        raise CorpusError(f"{path} line {rows.line_num}: not a CSV that can be read ({error})") from error
    if not seen:
        raise CorpusError(f"{path}: holds no labels")
    return [utterance for utterance, _ in seen.values()], notes


def _decoded(path):
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror})") from error
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), [f"{path}: is UTF-16, read as such"]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return content.decode("cp1252", "replace"), [f"{path} line {line}: is not UTF-8; read as Windows-1252"]


def _separator(path, text):
    """Comma, semicolon or tab: the one that the header has most of."""
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _header(path, cells, notes):
    names = [ALIASES.get(cell.strip().lower(), cell.strip().lower()) for cell in cells]
    if "emotion" not in names and "label" in names:
        names[names.index("label")] = "emotion"
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise CorpusError(f"{path} line 1: the column {twice[0]!r} stands there twice")
    for needed in ("file", "emotion"):
        if needed not in names:
            raise CorpusError(f"{path} line 1: lacks the column {needed!r}; it has {', '.join(filter(None, names))}")
    reserved = [name for name in names if name in _RESERVED]
    if reserved:
        raise CorpusError(f"{path} line 1: {reserved[0]!r} is a column of the table to be written; rename it")
    others = [name for name in names if name not in _KNOWN]
    if others:
        notes.append(f"{path} line 1: kept as metadata, not known: {', '.join(others)}")
    if "speaker" not in names:
        notes.append(f"{path} line 1: lacks the column 'speaker'; 'cv' cannot score without it")
    return names


def _utterance(folder, prefix, told):
    if not told["file"]:
        raise ValueError("names no file")
    name = PurePath(told["file"].replace("\\", "/"))
    facts = {key: value for key, value in told.items() if key in _KNOWN and value}
    facts["label"] = facts.get("label", told["emotion"])
    facts["emotion"] = common_emotion(told["emotion"])
    facts["file"] = (prefix / name).as_posix()
    facts["path"] = str(folder / name)
    for key in ("age", "start", "end"):
        if key in facts:
            facts[key] = _number(key, facts[key])
    if "sex" in facts:
        if facts["sex"].lower() not in SEXES:
            raise ValueError(f"sex is {facts['sex']!r}: say female or male")
        facts["sex"] = SEXES[facts["sex"].lower()]
    start_s, end_s = facts.get("start", 0.0), facts.get("end", math.inf)
    if not 0 <= start_s < end_s:
        raise ValueError(f"a stretch from {start_s:g} to {end_s:g} s")
    extra = tuple((key, value) for key, value in told.items() if key not in _KNOWN and key)
    return Utterance(**facts, extra=extra)


def _number(name, text):
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} is {text!r}, not a number")
    return number


CORPUS = Corpus(
    name="csv",
    title="Any recordings, by a CSV: file[,start,end],speaker,emotion",
    citation="your own",
    licence="your own",
    url="-",
    languages=(),
    emotions={},
    parse=lambda path: None,
    note="Name the CSV in place of the folder. Files are looked for from its folder; start and end are seconds. sex, "
    "age, language, sentence, take, intensity and corpus are understood, other columns kept as metadata. happy, angry "
    "and the like become words of the common vocabulary.",
)
