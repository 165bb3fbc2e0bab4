"""Texts of a survey that the terminal and the picture share."""

import math
from collections.abc import Collection

from ...errors import counted
from ...terminal_view import one_line
from .overview import Survey


def counts_text(survey: Survey) -> str:
    """Return a line with the numbers of clips and speakers, and those of the complete corpus."""
    known = {clip.utterance.speaker for clip in survey.clips} - {""}
    n_speakers = len({survey.speaker(clip.utterance) for clip in survey.clips if clip.utterance.speaker})
    clips = counted(len(survey.clips), "clip")
    if survey.n_expected is not None:
        others = len(survey.clips) - survey.n_of_corpus
        clips = f"{survey.n_of_corpus} of {counted(survey.n_expected, 'clip')}" + (
            f" and {counted(others, 'other')}" if others else ""
        )
    absent = {u.speaker for u in survey.missing or ()} - known
    speakers = (f"{n_speakers} of " if absent else "") + counted(n_speakers + len(absent), "speaker")
    return f"{clips}, {speakers if n_speakers else 'speakers unknown'}, {duration_text(total_s(survey))}"


def cell_text(there: int, absent: int) -> str:
    """Format a count, with the total if some are missing."""
    if absent:
        return f"{there}/{there + absent}"
    return str(there) if there else "-"


def person_text(name: str, sex: str, age: float) -> str:
    """Format a speaker with sex and age, if they are known."""
    known = ", ".join([sex] * bool(sex) + ([] if math.isnan(age) else [f"{age:g}"]))
    return f"{one_line(name)} ({known})" if known else one_line(name)


def duration_text(seconds: float) -> str:
    """Format a duration as hours, minutes or seconds."""
    if seconds >= 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 60 else f"{seconds:.1f} s"


def span_text(values: Collection[float]) -> str:
    """Format the range of some numbers."""
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{low} to {high}"


def total_s(survey: Survey) -> float:
    """Compute the total length in s of all readable clips."""
    return float(sum(clip.duration_s for clip in survey.clips if not math.isnan(clip.duration_s)))
