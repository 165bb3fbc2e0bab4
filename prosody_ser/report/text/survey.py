"""The survey of a corpus folder as text: for the terminal, as JSON, as Markdown."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from textwrap import indent
from typing import Any

import numpy as np

from ...datasets.files import suffixes_text
from ...datasets.left_out import causes_text
from ...datasets.survey import Survey
from ...datasets.survey.wording import cell_text, counts_text, duration_text, person_text, span_text, total_s
from ...errors import counted, listed
from ...terminal_view import fits, line_width, one_line
from ..grid import grid
from ..markdown import item, table

#: Largest number of entries in a list; the JSON has all.
LISTED = 10
_NAMES_A_SPEAKER = 3
#: Heading of RAVDESS's vocal channel (speech or song), which is no channel of sound.
_NAMES = {"vocal_channel": "voice"}


@dataclass(frozen=True)
class _Section:
    """A heading with lines of text and a table, whose first column has names and whose others have numbers or text."""

    title: str
    lines: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=list)


@fits
def survey_text(survey: Survey) -> str:
    """Format a survey for a terminal, with aligned tables."""
    lines = []
    for section in _sections(survey):
        lines += ["", section.title] if section.title else []
        lines += [f"  {line}" if section.title else line for line in section.lines]
        if section.rows:
            lines.append(indent(grid(section.header, section.rows, width=line_width() - 2), "  "))
    return "\n".join(lines)


def survey_markdown(survey: Survey) -> str:
    """Format a survey as Markdown."""
    lines = [f"# {one_line(survey.corpus)}"]
    for section in _sections(survey):
        lines += ["", f"## {section.title}"] if section.title else []
        lines += [""] + [item(line) for line in section.lines] if section.lines else []
        if section.rows:
            lines += ["", table(section.header, section.rows)]
    return "\n".join(lines)


def survey_json(survey: Survey) -> str:
    """Format a survey as one JSON object with every clip, duplicate and unusual file; undefined numbers are null."""
    classes = survey.classes_by_speaker()
    content = {
        "corpus": survey.corpus,
        "title": survey.title,
        "source": survey.source,
        "n_clips": len(survey.clips),
        "n_expected": survey.n_expected,
        "seconds": total_s(survey),
        "speakers": {name: {"sex": sex, "age": age} for name, (sex, age) in survey.about_speakers().items()},
        "emotions": classes.emotions,
        "clips_by_speaker": dict(zip(classes.speakers, classes.there.tolist(), strict=True)),
        "missing_by_speaker": None if survey.missing is None else survey.missing_by_speaker(),
        "formats": survey.formats(),
        "duplicates": [asdict(duplicate) for duplicate in survey.duplicates],
        "odd": [asdict(odd) for odd in survey.odd],
        "n_left_out": sum(survey.left_out.values()),
        "unused_files": survey.unused,
        "notes": survey.notes,
        "clips": [
            {"file": clip.utterance.file, "speaker": clip.utterance.speaker, "emotion": clip.utterance.emotion}
            | {"start": clip.utterance.start, "duration_s": clip.duration_s}
            | {name: value for name, value in asdict(clip.sound).items() if name not in ("fingerprint", "duration_s")}
            for clip in survey.clips
        ],
    }
    return json.dumps(_without_nan(content), indent=1)


FORMATS: dict[str, Callable[[Survey], str]] = {"text": survey_text, "json": survey_json, "markdown": survey_markdown}


def _sections(survey: Survey) -> Iterator[_Section]:
    yield _Section("", list(_head(survey)))
    yield _Section("duplicates", list(_duplicates(survey)))
    yield _classes(survey)
    yield _Section("missing", list(_missing(survey)))
    yield _durations(survey)
    yield _Section("formats (files)", [f"{name:11}  {_counted(counts)}" for name, counts in survey.formats().items()])
    yield _Section("unusual files", list(_odd(survey)))
    if survey.notes:
        yield _Section("notes", [one_line(note) for note in survey.notes])


def _head(survey: Survey) -> Iterator[str]:
    yield f"corpus    {survey.corpus}: {survey.title}"
    yield f"source    {one_line(survey.source)}"
    yield f"present   {counts_text(survey)}"
    people = survey.about_speakers().values()
    sexes = [f"{n} {sex}" for sex in ("female", "male") if (n := sum(s == sex for s, _ in people))]
    ages = [age for _, age in people if not math.isnan(age)]
    if sexes:
        yield f"speakers  {', '.join(sexes)}" + (f"; {min(ages):g} to {max(ages):g} years old" if ages else "")
    for name, counts in survey.variety().items():
        shown = _counted(counts)
        if len(counts) > 12:
            clips = "clip" if set(counts.values()) == {1} else "clips"
            shown = f"{len(counts)}, with {span_text(counts.values())} {clips} each"
        yield f"{_NAMES.get(name, name):9} {shown}"
    if causes := causes_text(survey.left_out):
        yield f"left out  {causes}"
    if survey.unused:
        yield f"ignored   {one_line(suffixes_text(survey.unused))}"


def _classes(survey: Survey) -> _Section:
    classes = survey.classes_by_speaker()
    people = survey.about_speakers()
    rows = []
    for name, there, absent in zip(classes.speakers, classes.there, classes.absent, strict=True):
        cells = [cell_text(n, lacking) for n, lacking in zip(there, absent, strict=True)]
        rows.append([person_text(name, *people[name]), *cells, str(there.sum())])
    rows.append(["all", *map(str, classes.there.sum(axis=0)), str(classes.there.sum())])
    legend = ["-: none"] * bool((classes.there == 0).any())
    if classes.absent.any():
        legend.append("a cell such as 5/8: 5 clips are here, and the complete corpus has 8")
    header = ["speaker", *map(one_line, classes.emotions), "all"]
    return _Section("clips by speaker and emotion", legend, header, rows)


def _missing(survey: Survey) -> Iterator[str]:
    if survey.missing is None:
        lacking = None if survey.n_expected is None else survey.n_expected - survey.n_of_corpus
        if lacking is None:
            yield "unknown: the complete list of clips of this corpus is not known"
        elif lacking > 0:
            yield f"{counted(lacking, 'clip')}; the file names of this corpus do not show which"
        else:
            yield f"none; there are {-lacking} more clips than in the corpus" if lacking else "none, by their number"
        return
    if not survey.missing:
        yield "none"
        return
    present = {survey.speaker(clip.utterance) for clip in survey.clips}
    by_speaker = survey.missing_by_speaker()
    yield counted(len(survey.missing), "clip")
    absent = [name for name in by_speaker if name not in present]
    if absent:
        counts = span_text([len(by_speaker[name]) for name in absent])
        yield f"all clips of {counted(len(absent), 'speaker')} ({counts} each): {', '.join(map(one_line, absent))}"
    partly = [name for name in by_speaker if name in present]
    for name in partly[:LISTED]:
        names = by_speaker[name]
        yield f"{one_line(name)}: {len(names)}: {listed(map(one_line, names), _NAMES_A_SPEAKER)}"
    if len(partly) > LISTED:
        n_more = sum(len(by_speaker[name]) for name in partly[LISTED:])
        yield f"... and {n_more} of {len(partly) - LISTED} more speakers"


def _durations(survey: Survey) -> _Section:
    by_emotion = survey.durations_by_emotion()
    if not by_emotion:
        return _Section("duration", ["no clip could be read"])
    groups = by_emotion | {"all": np.sort(np.concatenate(list(by_emotion.values())))}
    rows = []
    for name, values in groups.items():
        numbers = (f"{value:.2f}" for value in (values[0], np.median(values), values[-1]))
        rows.append([one_line(name), str(values.size), *numbers, duration_text(values.sum())])
    lines = []
    silences = survey.silences()
    if silences["before"].size:
        parts = (f"{np.median(v):.2f} s {where} (up to {v[-1]:.2f} s)" for where, v in silences.items())
        lines = [f"median silence: {', '.join(parts)} the speech"]
    return _Section("duration in s", lines, ["emotion", "clips", "shortest", "median", "longest", "in all"], rows)


def _duplicates(survey: Survey) -> Iterator[str]:
    if not survey.duplicates:
        yield "none"
        return
    grave = sum(duplicate.grave for duplicate in survey.duplicates)
    n_files = sum(len(duplicate.files) for duplicate in survey.duplicates)
    n_groups = len(survey.duplicates)
    yield f"{counted(n_files, 'file')} in {counted(n_groups, 'group')} with the same sound"
    if grave:
        yield (
            f"IN {grave} OF THEM SPEAKERS OR EMOTIONS DIFFER: a label is wrong, or a sound may be in both training and "
            "test data"
        )
    for duplicate in survey.duplicates[:LISTED]:
        what = "same bytes" if duplicate.identical else "same sound"
        yield f"{what}: {listed(map(one_line, duplicate.files), 4)}"
        if duplicate.conflicts:
            yield f"  labels differ: {'; '.join(map(one_line, duplicate.conflicts))}"
        if duplicate.differences:
            yield f"  files differ: {'; '.join(duplicate.differences)}"
    yield from _and_more(n_groups)


def _odd(survey: Survey) -> Iterator[str]:
    if not survey.odd:
        yield "none"
    for kind, members in groupby(survey.odd, key=lambda odd: odd.kind):
        files = list(members)
        yield f"{kind}: {len(files)}"
        yield from (f"  {one_line(odd.file)}: {one_line(odd.cause)}" for odd in files[:LISTED])
        yield from (f"  {line}" for line in _and_more(len(files)))


def _and_more(n: int) -> list[str]:
    return [f"... and {n - LISTED} more (all with --format json)"] if n > LISTED else []


def _counted(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{one_line(value)}: {n}" for value, n in counts.items())


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
