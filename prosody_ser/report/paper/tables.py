"""The tables of a result for a paper, for any format: three tables, with captions that state the protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...terminal_view import one_line
from ..number_format import UNDEFINED, percent, sentence, share
from ..protocol import caption, support_of, tracks_of


@dataclass(frozen=True)
class PaperTable:
    """A table as plain text, not escaped."""

    name: str  #: a short name, for references
    caption: str  #: without the notice, which is written before it; see :func:`notice_of`
    header: Sequence[str]
    rows: Sequence[Sequence[str]]  #: the first cell of each row is its name


def paper_tables(data: Mapping[str, Any]) -> list[PaperTable]:
    """Make the tables: scores by track, scores by emotion, and confusion matrix."""
    return [_scores(data), _emotions(data), _confusion(data)]


def notice_of(data: Mapping[str, Any]) -> str | None:
    """The notice that must be written before every caption (on synthetic speech), or None."""
    return sentence(data["notice"]) if data["notice"] else None


def _scores(data: Mapping[str, Any]) -> PaperTable:
    tracks = tracks_of(data)
    intervals = next((track["intervals"] for track in tracks if track.get("intervals")), None)
    uar = f"UAR [{percent(intervals['level'])} interval]" if intervals else "UAR"
    measures = {"accuracy": "Accuracy", "macro_f1": "Macro F1", "weighted_f1": "Weighted F1"}
    known = [key for key in measures if any(track.get(key) is not None for track in tracks)]
    rows = []
    for track in tracks:
        ends = track.get("intervals")
        cell = share(track["uar"]) + (f" [{share(ends['uar'][0])}, {share(ends['uar'][1])}]" if ends else "")
        rows.append([track["track"], cell, *(share(track.get(key)) for key in known)])
    return PaperTable("scores", caption(data), ["Track", uar, *(measures[key] for key in known)], rows)


def _emotions(data: Mapping[str, Any]) -> PaperTable:
    main, *others = tracks_of(data)
    more = [f"Recall, {track['track']}" for track in others]
    header = ["Emotion", support_of(data).capitalize(), "Recall", "Precision", "F1", *more]
    rows = [
        [
            one_line(label),
            str(row["support"]),
            *(share(row[key]) for key in ("recall", "precision", "f1")),
            *(share(track["per_class"][label]["recall"]) for track in others),
        ]
        for label, row in ((label, main["per_class"][label]) for label in data["labels"])
    ]
    text = f"Scores by emotion, {main['track']}; protocol as in the table of scores."
    if any(row["precision"] is None for row in main["per_class"].values()):
        text += f" {UNDEFINED}: never predicted."
    return PaperTable("emotions", text, header, rows)


def _confusion(data: Mapping[str, Any]) -> PaperTable:
    confusion = data["confusion"]
    names = [one_line(label) for label in confusion["labels"]]
    rows = []
    for name, counts in zip(names, confusion["counts"], strict=True):
        total = sum(counts)
        rows.append([name, *(f"{100 * n / total:.1f}" if total else UNDEFINED for n in counts), str(total)])
    text = (
        f"Confusion matrix, {data['protocol']['track']}: percentage of the clips of each emotion (rows) that are "
        "predicted as each emotion (columns), and number of clips; protocol as in the table of scores."
    )
    return PaperTable("confusion", text, ["True", *names, support_of(data).capitalize()], rows)
