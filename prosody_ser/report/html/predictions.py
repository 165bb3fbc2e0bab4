"""Predictions as HTML: a page of its own, and parts for other pages."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import pandas as pd

from ...corpus_names import corpora_in_words
from ..number_format import percent
from ..text.model.reasons import doubts_of, label_in_words
from .page import environment, rendered

#: Lines of reasons; see :func:`prosody_ser.report.text.model.reasons.reason_lines`.
Lines = Sequence[tuple[str, str]]


def predictions_html(
    predictions: pd.DataFrame,
    card: Mapping[str, Any],
    notes: Sequence[str] = (),
    reasons: Mapping[int, Lines] | None = None,
    source: str = "",
) -> str:
    """Format predictions as one page that loads no other files: labels, probabilities, reasons and limits of use.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files`.
    card : dict
        The card of the model.
    notes : sequence of str
        Notes from prediction.
    reasons : mapping of int to lines, optional
        By position of the row; for other rows, the column `reasons` is shown.
    source : str
        Description of the clips from which the usual values in `reasons` were taken.

    Returns
    -------
    str
    """
    labels = [name.removeprefix("p_") for name in predictions.columns if name.startswith("p_")]
    known = reasons or {}
    clips = [
        _clip(row, labels, card["abstain"]["threshold"], known.get(position))
        for position, row in enumerate(predictions.to_dict("records"))
    ]
    training, score = card["training"], card["score"]
    corpora = corpora_in_words((corpus["name"] for corpus in training["corpora"]), "a corpus that is not named")
    return rendered(
        "predictions.html",
        title=f"Emotion in {len(clips)} {'recording' if len(clips) == 1 else 'recordings'}",
        about=f"Model: {card['model']['title']} ({card['model']['track']}), trained on {corpora}; UAR "
        f"{score['uar']:.2f} on held-out speakers, where chance is {score['chance']:.2f}.",
        notice=training["notice"],
        clips=clips,
        source=source,
        not_for=card["not_for"],
        notes=notes,
    )


def answer_part(row: Mapping[str, Any], labels: Sequence[str], threshold: float, notes: Sequence[str] = ()) -> str:
    """Format the prediction of one row for another page: label, doubts, and probabilities as bars."""
    return _part("answer", clip=_clip(row, labels, threshold, None), notes=notes)


def reasons_part(lines: Lines, label: str, source: str) -> str:
    """Format reasons for another page."""
    return _part("why", lines=lines, label=label, source=source)


def overview_part(rows: Sequence[Mapping[str, Any]]) -> str:
    """Format one line for each of many recordings, for another page."""
    clips = [
        {"name": row["file"], "error": row["error"] if row["status"] != "ok" else ""}
        | ({"label": label_in_words(row), "confidence": float(row["confidence"])} if row["status"] == "ok" else {})
        for row in rows
    ]
    return _part("all", clips=clips)


def moved_part(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Sequence[str], threshold: float, names: tuple[str, str]
) -> str:
    """Format two predictions of one recording, one above the other, for another page; `names` describes each."""
    both = [_clip(row, labels, threshold, None) for row in (before, after)]
    return _part("moved", before=both[0], after=both[1], names=names)


def _part(name: str, **values: Any) -> str:
    return environment().get_template(f"prediction_{name}.html").render(**values)


def _clip(row: Mapping[str, Any], labels: Sequence[str], threshold: float, reasons: Lines | None) -> dict[str, Any]:
    name = PurePath(str(row["file"])).name
    if row.get("start"):
        name += f", from {row['start']:g} s"
    if row["status"] != "ok":
        return {"name": name, "error": f"This recording could not be measured: {row['error']}"}
    label = label_in_words(row)
    guess = label if row["abstain"] else f"{label}, {percent(row['confidence'])}"
    return {
        "name": name,
        "error": "",
        "label": row["label"],
        "guess": guess[:1].upper() + guess[1:],
        "doubts": doubts_of(row, threshold),
        "shares": [(label, float(row[f"p_{label}"])) for label in labels],
        "reasons": row["reasons"] if reasons is None else reasons,
    }
