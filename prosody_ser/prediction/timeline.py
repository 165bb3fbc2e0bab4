"""One long recording over time: as CSV, as a TextGrid for Praat, as WebVTT captions for a player.

References
----------
Boersma, P. & Weenink, D. Praat manual: TextGrid file formats. https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html
W3C (2019). WebVTT: The Web Video Text Tracks Format. https://www.w3.org/TR/webvtt1/
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..atomic_write import whole_file, write_text
from ..audio.decode import open_recording
from ..errors import ProsodySerError, RecordingError
from ..paths import OnePath


@dataclass(frozen=True)
class Stretch:
    """A stretch of the recording and what is said of it; empty texts where nothing is."""

    start_s: float
    end_s: float
    label: str = ""
    confidence: float | None = None
    novelty: float | None = None
    abstain: bool = False


def check_timeline_suffix(path: OnePath) -> None:
    """Raise unless a timeline can be written to a file of this name."""
    if Path(path).suffix.lower() not in _WRITERS:
        raise ProsodySerError(f"{path}: a timeline is written to .csv, .TextGrid or .vtt")


def write_timeline(predictions: pd.DataFrame, recording: OnePath, path: OnePath, notice: str | None = None) -> None:
    """Write the predictions of one recording's segments by time.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files` of one recording, with `segment`.
    recording : path_like
        It: a TextGrid is as long as the sound.
    path : path_like
        ``.csv``: a row each, times in s. ``.TextGrid``: the tiers emotion, confidence and novelty; where the model
        abstains, the emotion is in brackets. ``.vtt``: a caption each.
    notice : str, optional
        Stands in it (synthetic data).

    Raises
    ------
    ProsodySerError
        If the suffix is another, or the file cannot be written.
    """
    check_timeline_suffix(path)
    if Path(path).suffix.lower() == ".csv":
        shown = predictions.drop(columns=["file", "reasons"])
        with whole_file(path) as temporary:
            (shown.assign(notice=notice) if notice else shown).to_csv(temporary, index=False, lineterminator="\n")
        return
    stretches = stretches_of(predictions)
    write_text(path, _WRITERS[Path(path).suffix.lower()](stretches, _duration(recording, stretches), notice))


def stretches_of(predictions: pd.DataFrame) -> list[Stretch]:
    """The segments that could be measured, in order; none begins before the one before it has ended."""
    found: list[Stretch] = []
    done = predictions[predictions["status"] == "ok"].sort_values("start")
    for row in done.to_dict("records"):
        start_s = max(row["start"], found[-1].end_s if found else 0.0)
        if row["end"] > start_s:
            said = (row["label"], row["confidence"], row["novelty"], bool(row["abstain"]))
            found.append(Stretch(start_s, row["end"], *said))
    return found


def _duration(recording: OnePath, stretches: list[Stretch]) -> float:
    """Of the recording, in s; where its header does not say, up to the last segment."""
    last = stretches[-1].end_s if stretches else 0.0
    try:
        with open_recording(recording) as opened:
            n_samples = opened.n_samples or 0
            return max(last, n_samples / opened.sample_rate_hz)
    except RecordingError:
        return last


def _textgrid(stretches: list[Stretch], duration_s: float, notice: str | None) -> str:
    tiers: tuple[tuple[str, Callable[[Stretch], str]], ...] = (
        ("emotion", _shown),
        ("confidence", lambda one: _number(one.confidence)),
        ("novelty", lambda one: _number(one.novelty)),
    )
    duration_s = duration_s or 0.01  # Praat has no empty time
    whole = _without_gaps(stretches, duration_s)
    if notice:
        tiers = (*tiers, ("notice", lambda one: notice))
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    lines += ["xmin = 0", f"xmax = {duration_s!r}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, (name, text_of) in enumerate(tiers, start=1):
        intervals = [Stretch(0.0, duration_s)] if name == "notice" else whole
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
        lines += ["        xmin = 0", f"        xmax = {duration_s!r}", f"        intervals: size = {len(intervals)}"]
        for i, one in enumerate(intervals, start=1):
            text = text_of(one).replace('"', '""')
            lines += [f"        intervals [{i}]:", f"            xmin = {one.start_s!r}"]
            lines += [f"            xmax = {one.end_s!r}", f'            text = "{text}"']
    return "\n".join(lines) + "\n"


def _without_gaps(stretches: list[Stretch], duration_s: float) -> list[Stretch]:
    """Intervals of a tier cover all of its time."""
    found: list[Stretch] = []
    so_far = 0.0
    for one in stretches:
        if one.start_s > so_far:
            found.append(Stretch(so_far, one.start_s))
        found.append(one)
        so_far = one.end_s
    if so_far < duration_s:
        found.append(Stretch(so_far, duration_s))
    return found


def _shown(one: Stretch) -> str:
    return f"({one.label})" if one.abstain else one.label


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _webvtt(stretches: list[Stretch], duration_s: float, notice: str | None) -> str:
    cues = ["WEBVTT"]
    if notice:
        cues.append(f"NOTE\n{_escaped(notice)}")
    for one in stretches:
        start, end = _clock(one.start_s), _clock(one.end_s)
        if end <= start:  # a cue must last
            continue
        unsure = " (not sure)" if one.abstain else ""
        cues.append(f"{start} --> {end}\n{_escaped(one.label)} {one.confidence:.0%}{unsure}")
    return "\n\n".join(cues) + "\n"


def _clock(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_WRITERS: dict[str, Any] = {".csv": None, ".textgrid": _textgrid, ".vtt": _webvtt}
