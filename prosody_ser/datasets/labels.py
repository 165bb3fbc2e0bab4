"""Labels that a user wrote into a file: a row for each recording, or for each stretch of one."""

import math
import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ..errors import CorpusError
from ..tables.feature_table import INDEX_COLUMNS, METADATA_COLUMNS
from .corpus import Utterance
from .delimited import Rows, read_rows
from .emotions import common_emotion

Say = Callable[[str], None]
#: Columns that become a field of the utterance of the same name, as they are.
_AS_THEY_ARE = ("language", "sentence", "take", "intensity", "vocal_channel", "corpus")
_SEXES = {**dict.fromkeys(("f", "female", "woman"), "female"), **dict.fromkeys(("m", "male", "man"), "male")}
#: Cells that say nothing, as programs write them. "none" may be an emotion, "NA" the initials of a speaker.
_NO_NUMBER = frozenset({"", "nan", "nat", "na", "n/a", "none", "null"})
_NO_EMOTION = frozenset({"", "nan", "na", "n/a"})
_NO_SPEAKER = frozenset({"", "nan"})
#: 30 years: no recording is longer, and tables hold no number without bounds.
_LONGEST_S = 1e9
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,6}) days? (\d\d):(\d\d):(\d\d(\.\d+)?)", re.ASCII)  # as audformat writes it


@dataclass(frozen=True)
class Naming:
    """Which columns say what, in lower case; of several names the first that is there counts."""

    file: tuple[str, ...]
    speaker: tuple[str, ...] = ("speaker",)
    emotion: tuple[str, ...] = ("emotion",)


@dataclass
class _Reading:
    """What was read so far, over all files of a source."""

    root: Path
    utterances: list[Utterance] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: int = 0
    first: dict[tuple, tuple[tuple[Path, int], Utterance]] = field(default_factory=dict)

    def say(self, where: str, what: str) -> None:
        self.notes.append(f"{where}: {what}")


def read_labels(root: Path, paths: Sequence[Path], naming: Naming) -> tuple[list[Utterance], list[str], int]:
    """The utterances that labels files list, each once; what a user must be told; how many rows are left out.

    Recordings are looked for relative to the folder of each labels file; those that are missing are listed too.
    `Utterance.file` is given below `root`. Left out are rows that are not whole, have no usable stretch, or stand
    twice.

    Raises
    ------
    CorpusError
        If a file cannot be used, two rows contradict each other, or no row is left.
    """
    reading = _Reading(root)
    for path in paths:
        rows = read_rows(path, naming.file)
        reading.notes += rows.notes
        reading.left_out += rows.left_out
        _read_one(path, rows, naming, reading)
    notes = [_one_line(note) for note in reading.notes]
    if not reading.utterances and reading.left_out:
        why = next(note for note in notes if " line " in note)
        error = CorpusError(f"{paths[0]}: none of its {reading.left_out} rows can be used ({why})")
        for note in notes:
            error.add_note(note)
        raise error
    if not reading.utterances:
        raise CorpusError(f"{paths[0]}: holds no rows under its header")
    return reading.utterances, notes, reading.left_out


def _one_line(text: str) -> str:
    """Names may hold newlines."""
    return " ".join(text.split())


def _read_one(path: Path, rows: Rows, naming: Naming, reading: _Reading) -> None:
    at = {name.lower(): i for i, name in enumerate(rows.columns) if name}
    file_column, speaker_column, emotion_column = (
        next((name for name in names if name in at), "") for names in (naming.file, naming.speaker, naming.emotion)
    )
    if not speaker_column:
        reading.notes.append(f"{path}: no column {' or '.join(naming.speaker)}: speakers unknown")
    if not emotion_column:
        reading.notes.append(f"{path}: no column {' or '.join(naming.emotion)}: emotions unknown")
    used = {file_column, speaker_column, emotion_column, "start", "end", "label", "sex", "age", *_AS_THEY_ARE}
    others = _other_columns(path, rows.columns, used, reading)
    for line, cells in rows.cells:
        row = {name: cells[i] for name, i in at.items()}
        say = partial(reading.say, f"{path} line {line}")
        file, place = _located(path, row[file_column], reading.root)
        stretch = _stretch(row, say) if file else None
        if not file:
            say("no file named, left out")
        if not file or stretch is None:
            reading.left_out += 1
            continue
        speaker, own = row.get(speaker_column, ""), row.get(emotion_column, "")
        utterance = Utterance(
            file=file,
            speaker="" if speaker.lower() in _NO_SPEAKER else speaker,
            emotion="" if own.lower() in _NO_EMOTION else common_emotion(own),
            label=row.get("label") or own,
            sex=_sex(row.get("sex", ""), say),
            age=_age(row.get("age", ""), say),
            start=stretch[0],
            end=stretch[1],
            extra=tuple((name, cells[i]) for name, i in others),
            path=place,
            **{name: row.get(name, "") for name in _AS_THEY_ARE},
        )
        _keep(utterance, (path, line), say, reading)


def _keep(utterance: Utterance, where: tuple[Path, int], say: Say, reading: _Reading) -> None:
    """Add an utterance, unless an earlier row says the same; refuse if one says otherwise."""
    key = (utterance.path, utterance.start, str(utterance.end))
    if key not in reading.first:
        reading.first[key] = where, utterance
        reading.utterances.append(utterance)
        if not os.path.isfile(utterance.path):
            say(f"{utterance.file}: {'a folder' if os.path.isdir(utterance.path) else 'no such file'}")
        return
    (path, line), earlier = reading.first[key]
    here, now = where
    both = f"{path}: lines {line} and {now}" if path == here else f"{path} line {line} and {here} line {now}"
    for what in ("speaker", "emotion"):
        one, other = getattr(earlier, what), getattr(utterance, what)
        if one != other:
            refusal = f"{both} contradict each other: {utterance.file} has {what} {one!r} and {other!r}"
            raise CorpusError(_one_line(refusal))
    say(f"{utterance.file} again, as on line {line}{'' if path == here else f' of {path}'}: counted once")
    reading.left_out += 1


def _other_columns(
    path: Path, columns: Sequence[str], used: Collection[str], reading: _Reading
) -> list[tuple[str, int]]:
    """Columns kept as metadata: name and place. Those that the table has itself would clash."""
    own = {name for name in (*INDEX_COLUMNS, *METADATA_COLUMNS) if name not in used}
    others = [(name, i) for i, name in enumerate(columns) if name and name.lower() not in used]
    clashing = [name for name, _ in others if name.lower() in own]
    kept = [(name, i) for name, i in others if name.lower() not in own]
    if kept:
        reading.notes.append(f"{path}: kept as metadata: {', '.join(name for name, _ in kept)}")
    if clashing:
        reading.notes.append(f"{path}: not kept, as the table has columns of its own so named: {', '.join(clashing)}")
    unnamed = sum(not name for name in columns)
    if unnamed:
        reading.notes.append(f"{path}: not kept: {unnamed} column{'s' * (unnamed > 1)} without a name")
    return kept


def _located(labels: Path, cell: str, root: Path) -> tuple[str, str]:
    """The file below `root` (or as it is, if it is elsewhere), and where it is on this machine."""
    if not cell:
        return "", ""
    place = os.path.normpath(labels.parent / cell)
    if not os.path.exists(place) and "\\" in cell:  # written on Windows
        other = os.path.normpath(labels.parent / cell.replace("\\", "/"))
        place = other if os.path.exists(other) else place
    absolute = Path(os.path.abspath(place))
    if os.path.isabs(cell) and not absolute.is_relative_to(os.path.abspath(root)):
        return absolute.as_posix(), place
    return Path(os.path.relpath(absolute, os.path.abspath(root))).as_posix(), place


def _stretch(row: dict[str, str], say: Say) -> tuple[float, float] | None:
    """Start and end in s, or None with a note if they are no stretch."""
    found = []
    for name, default in (("start", 0.0), ("end", math.nan)):
        cell = row.get(name, "")
        value = default if cell.lower() in _NO_NUMBER else seconds(cell)
        if value is None:
            say(f"{name} is {cell!r}, not a time in s, left out")
            return None
        found.append(value)
    start, end = found
    if start < 0 or end <= start or start > _LONGEST_S or end > _LONGEST_S:
        say(f"from {start:g} to {end:g} s is no stretch of a recording, left out")
        return None
    return start, end


def seconds(cell: str) -> float | None:
    """A time in s, from a number (with point or comma) or audformat's ``0 days 00:00:01.5``; None if it is neither."""
    duration = _DURATION.fullmatch(cell)
    if duration:
        days, hours, minutes = (int(duration[i]) for i in (1, 2, 3))
        return ((days * 24 + hours) * 60 + minutes) * 60 + float(duration[4])
    value = float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else math.nan
    return value if math.isfinite(value) else None


def _sex(cell: str, say: Say) -> str:
    if cell.lower() not in _SEXES and cell.lower() not in _NO_NUMBER:
        say(f"sex is {cell!r}, neither female nor male: unknown")
    return _SEXES.get(cell.lower(), "")


def _age(cell: str, say: Say) -> float:
    if cell.lower() in _NO_NUMBER:
        return math.nan
    value = seconds(cell) if _NUMBER.fullmatch(cell) else None
    if value is None or not 0 <= value < 150:
        say(f"age is {cell!r}, not a number of years: unknown")
        return math.nan
    return value
