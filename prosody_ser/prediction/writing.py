"""Predictions as CSV, as JSON, and as lines for a terminal."""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ProsodySerError
from ..whole_file import whole_file, write_text

SUFFIXES = (".csv", ".json")
SCHEMA, SCHEMA_VERSION = "prosody-ser/predictions", 1
#: Beyond this share of the training corpus's clips it is said: what the model says of such speech is a guess.
FAR = 0.99
_LONGEST_NAME = 44


def check_predictions_suffix(path: str | os.PathLike) -> None:
    """Raise unless predictions can be written to a file of this name."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise ProsodySerError(f"{path}: predictions are written to .csv or .json")


def write_predictions(
    predictions: pd.DataFrame, path: str | os.PathLike, card: dict[str, Any], notes: tuple[str, ...] = ()
) -> None:
    """Write predictions, whole or not at all.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files`.
    path : path_like
        ``.csv``: a column `notice` is added for a model that learned from synthetic speech. ``.json``: an object with
        what is known of the model, and the rows under `predictions`; undefined is null.
    card : dict
        The model's.
    notes : tuple of str
        What was said while predicting; in JSON only.

    Raises
    ------
    ProsodySerError
        If the suffix is another, or the file cannot be written.
    """
    check_predictions_suffix(path)
    notice = card["training"]["notice"]
    if Path(path).suffix.lower() == ".csv":
        with whole_file(path) as temporary:
            shown = predictions.assign(notice=notice) if notice else predictions
            shown.to_csv(temporary, index=False, lineterminator="\n")
        return
    rows = [{name: _plain(value) for name, value in row.items()} for row in predictions.to_dict("records")]
    data = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "model": {
            **{name: card["model"][name] for name in ("name", "title", "track")},
            "corpora": [corpus["name"] for corpus in card["training"]["corpora"]],
            "labels": card["labels"],
            "threshold": card["abstain"]["threshold"],
            "risk": card["abstain"]["risk"],
            "feature_set": card["features"]["feature_set"],
            "not_for": card["not_for"],
        },
        "notice": notice,
        "notes": list(notes),
        "predictions": rows,
    }
    write_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _plain(value):
    return None if value is pd.NA or value != value else value


def predictions_text(predictions: pd.DataFrame) -> str:
    """A line for each row: what, how sure, how new, why; what failed and why."""
    places = _places(predictions)
    width = max(map(len, places), default=0)
    longest = max([len(label) for label in predictions["label"]] + [7]) + 2
    lines = [f"{'':{width}}  {'':{longest}} conf.  novelty  because"]
    for place, row in zip(places, predictions.to_dict("records"), strict=True):
        if row["status"] != "ok":
            lines.append(f"{place:{width}}  {row['status']}: {row['error']}")
            continue
        label = f"({row['label']})" if row["abstain"] else row["label"]
        said = f"{label:{longest}}  {row['confidence']:.2f}     {row['novelty']:.2f}  {row['reasons']}"
        lines.append(f"{place:{width}}  {said}".rstrip())
    return "\n".join(lines)


def summary_text(predictions: pd.DataFrame, card: dict[str, Any]) -> str:
    """How many got a label, how many did not and why, and what is far from what the model knows."""
    done = predictions[predictions["status"] == "ok"]
    n_abstain = int(done["abstain"].sum())
    n_failed = len(predictions) - len(done)
    rows = "row" if len(predictions) == 1 else "rows"
    lines = [f"{len(predictions)} {rows}: {len(done) - n_abstain} labelled, {n_abstain} abstained, {n_failed} failed"]
    if n_abstain:
        abstain = card["abstain"]
        risk = f", chosen for {abstain['risk']:.0%} of wrong labels" if abstain["risk"] is not None else ""
        lines.append(f"in brackets: abstains (confidence below {abstain['threshold']:.2f}{risk}), its best guess")
    n_far = int((done["novelty"] > FAR).sum())
    if n_far:
        lines.append(
            f"{n_far} farther from the training speech than {FAR:.0%} of it (novelty): little is known of such speech"
        )
    return "\n".join(lines)


def _places(predictions):
    """Files, and where several rows are of one, their times."""
    once = not predictions["file"].duplicated().any()
    found = []
    for file, start, end in zip(predictions["file"], predictions["start"], predictions["end"], strict=True):
        name = file if len(file) <= _LONGEST_NAME else "…" + file[-_LONGEST_NAME + 1 :]
        times = "" if once else f" {start:.2f}-" + ("" if end != end else f"{end:.2f}")
        found.append(" ".join((name + times).splitlines()))
    return found
