"""Predictions as CSV, as JSON, and as lines for a terminal."""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd

from ..atomic_write import whole_file, write_text
from ..errors import ProsodySerError
from ..results.jsonable import records

SUFFIXES = (".csv", ".json")
SCHEMA, SCHEMA_VERSION = "prosody-ser/predictions", 1


def check_predictions_suffix(path: str | os.PathLike, *others: str) -> None:
    """Raise unless predictions can be written to a file of this name; `others` are suffixes that the caller writes."""
    if Path(path).suffix.lower() not in (*SUFFIXES, *others):
        first, *rest = (*SUFFIXES, *others)
        raise ProsodySerError(f"{path}: predictions are written to {', '.join([first, *rest[:-1]])} or {rest[-1]}")


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
    data = predictions_document(predictions, card, notes)
    write_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def predictions_document(
    predictions: pd.DataFrame, card: dict[str, Any], notes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What a JSON file of predictions holds.

    Parameters
    ----------
    predictions, card, notes
        As for :func:`write_predictions`.

    Returns
    -------
    dict
        Nothing in it is beyond JSON: undefined is None.
    """
    notice = card["training"]["notice"]
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "model": {
            **{name: card["model"][name] for name in ("name", "title", "track")},
            "corpora": [corpus["name"] for corpus in card["training"]["corpora"]],
            "labels": card["labels"],
            "threshold": card["abstain"]["threshold"],
            "risk": card["abstain"]["risk"],
            "feature_set": card["features"]["feature_set"],
            "engine": card["features"].get("engine"),
            "not_for": card["not_for"],
        },
        "notice": notice,
        "notes": list(notes),
        "predictions": records(predictions),
    }
