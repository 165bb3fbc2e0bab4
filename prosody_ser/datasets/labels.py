"""Read labels files of users, with a row for each recording or for each segment of one."""

import math
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ..errors import CorpusError, counted, listed, none_of
from ..tables.feature_table import INDEX_COLUMNS, METADATA_COLUMNS
from ..tables.spellings import COLUMNS, MISSING, MISSING_SPEAKER, mapped_columns, plain_name, renamed_text, sex_named
from .corpus import Utterance
from .delimited import Rows, read_rows
from .emotions import common_emotion, is_missing
from .first_few import SHOWN, FirstFew
from .left_out import NO_FILE, NO_SEGMENT, REPEATED, WRONG_LENGTH
from .places import Below, did_you_mean, in_its_own_form, is_absolute

#: A function that takes the kind of a note and the note.
AddNote = Callable[[str, str], None]
#: Usual name of a column to the name in the file.
Asked = Mapping[str, str]
#: Columns that are copied unchanged to the field of the same name.
_AS_THEY_ARE = ("language", "sentence", "take", "intensity", "vocal_channel", "corpus")
#: Known columns, except for the part of the corpus (train, test), which keeps its name unless requested.
_KNOWN = {ours: others for ours, others in COLUMNS.items() if ours != "split"}
#: Longest time (30 years), because tables must not contain unlimited numbers.
_LONGEST_S = 1e9
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,6}) days? (\d\d):(\d\d):(\d\d(\.\d+)?)", re.ASCII)  # the format of audformat
#: Kind of the notes on missing files.
_GONE = "no such file"


@dataclass
class _Reading:
    """What has been read so far from all files of a source."""

    root: Path
    utterances: list[Utterance] = field(default_factory=list)
    notes: FirstFew = field(default_factory=FirstFew)
    left_out: Counter[str] = field(default_factory=Counter)  #: number of rows, by cause
    first: dict[tuple, tuple[tuple[Path, int], Utterance]] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)  #: number of files by folder that were found by name


def names_of_files(asked: Asked | None = None) -> set[str]:
    """Return the normalised names of columns that contain the path of a recording."""
    return {"file", *COLUMNS["file"]} | ({plain_name(asked["file"])} if asked and "file" in asked else set())


def read_labels(
    root: Path, paths: Sequence[Path], asked: Asked | None = None
) -> tuple[list[Utterance], list[str], Counter[str]]:
    """Return the utterances in labels files, each once, notes for the user, and the rows left out by cause.

    Recordings are searched for relative to the folder of each labels file, then in the folders below it. Missing
    recordings are included. `Utterance.file` is relative to `root`, and `Utterance.emotion` is as written. Rows that
    are incomplete, have an invalid segment, or occur twice are left out.

    Raises
    ------
    CorpusError
        If a file cannot be used, two rows contradict each other, or no row is left.
    """
    reading = _Reading(root)
    for path in paths:
        rows = read_rows(path, names_of_files(asked))
        reading.notes.extend(rows.collected)
        reading.left_out[WRONG_LENGTH] += rows.left_out
        _read_one(path, rows, asked, reading)
    if reading.moved:
        folders = listed((folder for folder, _ in reading.moved.most_common()), SHOWN)
        count = reading.moved.total()
        reading.notes.add(f"{paths[0]}: {count} of its files were found by name in {folders}, not at their paths")
    notes = [_one_line(note) for note in reading.notes.notes]
    if not reading.utterances and reading.left_out.total():
        why = next(note for note in notes if " line " in note)
        raise refused(f"{paths[0]}: {none_of(reading.left_out.total(), 'row', 'can', 'be used')} ({why})", notes)
    if not reading.utterances:
        raise CorpusError(f"{paths[0]}: the file has no rows below the header")
    return reading.utterances, notes, reading.left_out


def refused(why: str, notes: Sequence[str]) -> CorpusError:
    """Make an error with notes that are shown before it."""
    error = CorpusError(why)
    for note in notes:
        error.add_note(note)
    return error


def _one_line(text: str) -> str:
    """Remove line breaks, which names may contain."""
    return " ".join(text.split())


def _read_one(path: Path, rows: Rows, asked: Asked | None, reading: _Reading) -> None:
    try:
        mapping = mapped_columns(rows.columns, asked, error=CorpusError, known=_KNOWN)
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error
    _note_columns(path, mapping, reading)
    at = {ours: rows.columns.index(theirs) for ours, theirs in mapping.items()}
    others = _other_columns(path, rows.columns, mapping, reading)
    below = Below(path.parent)
    for line, cells in rows.cells:
        row = {name: cells[i] for name, i in at.items()}
        add_note = partial(reading.notes.add_on_line, path, line)
        file, place = _located(path, row["file"], reading, below)
        segment = _segment(row, add_note) if file else None
        if not file:
            add_note("left out, because they name no file", "the row names no file and was left out")
        if not file or segment is None:
            reading.left_out[NO_SEGMENT if file else NO_FILE] += 1
            continue
        speaker, label = row.get("speaker", ""), row.get("emotion", "")
        utterance = Utterance(
            file=file,
            speaker="" if speaker.lower() in MISSING_SPEAKER else speaker,
            emotion=label,
            label=row.get("label") or label,
            sex=_sex(row.get("sex", ""), add_note),
            age=_age(row.get("age", ""), add_note),
            start=segment[0],
            end=segment[1],
            extra=tuple((name, cells[i]) for name, i in others),
            path=place,
            **{name: row.get(name, "") for name in _AS_THEY_ARE},
        )
        _keep(utterance, (path, line), add_note, reading)


def _note_columns(path: Path, mapping: Mapping[str, str], reading: _Reading) -> None:
    if renamed := renamed_text(mapping):
        reading.notes.add(f"{path}: columns read: {renamed}")
    if "speaker" not in mapping:
        reading.notes.add(
            f"{path}: no column speaker, so speakers are unknown, except in recordings that are named as in a known "
            "corpus; choose one with --columns speaker=NAME"
        )
    if "emotion" not in mapping:
        reading.notes.add(
            f"{path}: no column emotion or label, so emotions are unknown; choose one with --columns emotion=NAME"
        )


def _keep(utterance: Utterance, where: tuple[Path, int], add_note: AddNote, reading: _Reading) -> None:
    """Add an utterance unless an earlier row is the same; raise if an earlier row contradicts it."""
    key = (utterance.path, utterance.start, str(utterance.end))
    if key not in reading.first:
        reading.first[key] = where, utterance
        reading.utterances.append(utterance)
        if os.path.isdir(utterance.path):
            add_note("folders, not recordings", f"{utterance.file} is a folder, not a recording")
        elif not os.path.isfile(utterance.path):
            shown = reading.notes.count(where[0], _GONE) < SHOWN
            why = _why_gone(utterance) if shown else "no such file"
            add_note(_GONE, f"{utterance.file}: {why}")
        return
    (path, line), earlier = reading.first[key]
    here, now = where
    both = f"{path}: lines {line} and {now}" if path == here else f"{path} line {line} and {here} line {now}"
    for what in ("speaker", "emotion"):
        one, other = (_meant(what, getattr(row, what)) for row in (earlier, utterance))
        if one != other:
            refusal = f"{both} contradict each other: {utterance.file} has {what} {one!r} and {other!r}"
            raise CorpusError(_one_line(refusal))
    where_first = f"{line}{'' if path == here else f' of {path}'}"
    add_note("files that are listed twice", f"{utterance.file} is already on line {where_first} and counts once")
    reading.left_out[REPEATED] += 1


def _why_gone(utterance: Utterance) -> str:
    if is_absolute(utterance.file):
        return "the path is absolute, and there is no such file on this computer"
    return f"no such file{did_you_mean(utterance.path)}"


def _meant(what: str, cell: str) -> str:
    """Return the meaning of a cell, the same for all synonyms."""
    if what != "emotion":
        return cell
    return "" if is_missing(cell) else common_emotion(cell)


def _other_columns(
    path: Path, columns: Sequence[str], mapping: Mapping[str, str], reading: _Reading
) -> list[tuple[str, int]]:
    """Return name and position of the columns that are kept as metadata, without names of the table's own columns."""
    used: Collection[str] = {theirs for ours, theirs in mapping.items() if ours != "split"}
    table_columns = {*INDEX_COLUMNS, *METADATA_COLUMNS}
    split = mapping.get("split")
    others = [("split" if name == split else name, i) for i, name in enumerate(columns) if name and name not in used]
    clashing = [name for name, _ in others if name.lower() in table_columns]
    kept = [(name, i) for name, i in others if name.lower() not in table_columns]
    if kept:
        reading.notes.add(f"{path}: columns kept as metadata: {', '.join(name for name, _ in kept)}")
    if clashing:
        reading.notes.add(
            f"{path}: columns not kept, because the table has its own of these names: {', '.join(clashing)}"
        )
    unnamed = sum(not name for name in columns)
    if unnamed:
        reading.notes.add(f"{path}: {counted(unnamed, 'column')} without a name not kept")
    return kept


def _located(labels: Path, cell: str, reading: _Reading, below: Below) -> tuple[str, str]:
    """Return the file relative to the root (absolute if it is elsewhere), and its path on this machine."""
    if not cell:
        return "", ""
    place = os.path.normpath(labels.parent / cell)
    if not os.path.exists(place) and "\\" in cell:  # written on Windows
        other = os.path.normpath(labels.parent / cell.replace("\\", "/"))
        place = other if os.path.exists(other) else place
    place = in_its_own_form(place)
    if not os.path.exists(place) and (elsewhere := below.find(cell)):
        place = elsewhere
        reading.moved[os.path.relpath(os.path.dirname(place), labels.parent)] += 1
    absolute, root = Path(os.path.abspath(place)), reading.root
    if os.path.isabs(cell) and not absolute.is_relative_to(os.path.abspath(root)):
        return absolute.as_posix(), place
    return Path(os.path.relpath(absolute, os.path.abspath(root))).as_posix(), place


def _segment(row: dict[str, str], add_note: AddNote) -> tuple[float, float] | None:
    """Return start and end in s, or None and add a note if they are invalid."""
    times = []
    for name, default in (("start", 0.0), ("end", math.nan)):
        cell = row.get(name, "")
        value = default if cell.lower() in MISSING else seconds(cell)
        if value is None:
            add_note(
                f"left out, because {name} is not a time in s",
                f"{name} {cell!r} is not a time in s; the row was left out",
            )
            return None
        times.append(value)
    start, end = times
    if start < 0 or end <= start or start > _LONGEST_S or end > _LONGEST_S:
        until = f"to {end:g} s" if math.isfinite(end) else "s on"
        add_note(
            "left out, because of an invalid segment", f"invalid segment from {start:g} {until}; the row was left out"
        )
        return None
    return start, end


def seconds(cell: str) -> float | None:
    """Parse a time in s, from a number (with point or comma) or audformat's ``0 days 00:00:01.5``; None if invalid."""
    duration = _DURATION.fullmatch(cell)
    if duration:
        days, hours, minutes = (int(duration[i]) for i in (1, 2, 3))
        return ((days * 24 + hours) * 60 + minutes) * 60 + float(duration[4])
    value = float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else math.nan
    return value if math.isfinite(value) else None


def _sex(cell: str, add_note: AddNote) -> str:
    if not sex_named(cell) and cell.lower() not in MISSING:
        add_note("sex is neither female nor male, so unknown", f"sex {cell!r} is neither female nor male, so unknown")
    return sex_named(cell)


def _age(cell: str, add_note: AddNote) -> float:
    if cell.lower() in MISSING:
        return math.nan
    value = seconds(cell) if _NUMBER.fullmatch(cell) else None
    if value is None or not 0 <= value < 150:
        add_note("age is not a number of years, so unknown", f"age {cell!r} is not a number of years, so unknown")
        return math.nan
    return value
