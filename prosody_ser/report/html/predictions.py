"""What a model says of recordings as HTML: a page of its own, and the parts of it that other pages show."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import pandas as pd

from ..number_format import percent
from ..text.reasons import doubts_of, label_said
from .page import environment, rendered

#: Lines of reasons, see :func:`prosody_ser.report.text.reasons.reason_lines`.
Lines = Sequence[tuple[str, str]]


def predictions_html(
    predictions: pd.DataFrame,
    card: Mapping[str, Any],
    notes: Sequence[str] = (),
    reasons: Mapping[int, Lines] | None = None,
    source: str = "",
) -> str:
    """Predictions as one page that loads nothing from elsewhere: labels, probabilities, reasons, what it is not for.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files`.
    card : dict
        The model's.
    notes : sequence of str
        What was said while predicting.
    reasons : mapping of int to lines, optional
        By position of the row; where there are none, the row's own `reasons` stand there.
    source : str
        Whose clips the usual values in `reasons` are of.

    Returns
    -------
    str
    """
    labels = [name.removeprefix("p_") for name in predictions.columns if name.startswith("p_")]
    known = reasons or {}
    clips = [
        _clip(row, labels, card["abstain"]["threshold"], known.get(place))
        for place, row in enumerate(predictions.to_dict("records"))
    ]
    training, score = card["training"], card["score"]
    corpora = ", ".join(corpus["name"] for corpus in training["corpora"]) or "a corpus that is not named"
    return rendered(
        "predictions.html",
        title=f"Emotion in {len(clips)} {'recording' if len(clips) == 1 else 'recordings'}",
        about=f"Model: {card['model']['title']} ({card['model']['track']}), trained on {corpora}; UAR "
        f"{score['uar']:.2f} on speakers that it had not heard, where chance is {score['chance']:.2f}.",
        notice=training["notice"],
        clips=clips,
        source=source,
        not_for=card["not_for"],
        notes=notes,
    )


def answer_part(row: Mapping[str, Any], labels: Sequence[str], threshold: float, notes: Sequence[str] = ()) -> str:
    """What is said of one row, for another page: the guess, why it is in doubt, probabilities as bars."""
    return _part("answer", clip=_clip(row, labels, threshold, None), notes=notes)


def reasons_part(lines: Lines, label: str, source: str) -> str:
    """Reasons, for another page."""
    return _part("why", lines=lines, label=label, source=source)


def overview_part(rows: Sequence[Mapping[str, Any]]) -> str:
    """A line for each of many recordings, for another page."""
    clips = [
        {"name": row["file"], "error": row["error"] if row["status"] != "ok" else ""}
        | ({"said": label_said(row), "confidence": float(row["confidence"])} if row["status"] == "ok" else {})
        for row in rows
    ]
    return _part("all", clips=clips)


def moved_part(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Sequence[str], threshold: float, names: tuple[str, str]
) -> str:
    """Two answers to one recording, one above the other, for another page; `names` says what each is."""
    both = [_clip(row, labels, threshold, None) for row in (before, after)]
    return _part("moved", before=both[0], after=both[1], names=names)


def _part(name: str, **values: Any) -> str:
    return environment().get_template(f"prediction_{name}.html").render(**values)


def _clip(row: Mapping[str, Any], labels: Sequence[str], threshold: float, reasons: Lines | None) -> dict[str, Any]:
    name = PurePath(str(row["file"])).name
    if row.get("start"):
        name += f", from {row['start']:g} s"
    if row["status"] != "ok":
        return {"name": name, "error": f"It could not be measured: {row['error']}"}
    said = label_said(row)
    guess = said if row["abstain"] else f"{said}, {percent(row['confidence'])}"
    return {
        "name": name,
        "error": "",
        "label": row["label"],
        "guess": guess[:1].upper() + guess[1:],
        "doubts": doubts_of(row, threshold),
        "shares": [(label, float(row[f"p_{label}"])) for label in labels],
        "reasons": row["reasons"] if reasons is None else reasons,
    }
