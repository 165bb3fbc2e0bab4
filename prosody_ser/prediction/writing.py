"""Predictions written as CSV or JSON."""

import os
from pathlib import Path
from typing import Any

import pandas as pd

from ..atomic_write import check_suffix, whole_file, write_json
from ..results.jsonable import records

SUFFIXES = (".csv", ".json")
SCHEMA, SCHEMA_VERSION = "prosody-ser/predictions", 1


def check_predictions_suffix(path: str | os.PathLike, *others: str) -> None:
    """Raise a ProsodySerError unless the suffix is one for predictions, or one of `others`, which the caller writes."""
    check_suffix(path, "a file for predictions", *SUFFIXES, *others)


def write_predictions(
    predictions: pd.DataFrame, path: str | os.PathLike, card: dict[str, Any], notes: tuple[str, ...] = ()
) -> None:
    """Write predictions to a file; an existing file is replaced only once the new one is complete.

    Parameters
    ----------
    predictions : DataFrame
        From :func:`prosody_ser.prediction.predict_files`.
    path : path_like
        ``.csv``: one row per prediction; if the model learned from synthetic speech, a column `notice` is added.
        ``.json``: an object that describes the model and holds the rows under `predictions`; undefined values are null.
    card : dict
        The model's card.
    notes : tuple of str
        Notes for the user that were reported while predicting; written to JSON only.

    Raises
    ------
    ProsodySerError
        If the file has another suffix or cannot be written.
    """
    check_predictions_suffix(path)
    notice = card["training"]["notice"]
    if Path(path).suffix.lower() == ".csv":
        with whole_file(path) as temporary:
            shown = predictions.assign(notice=notice) if notice else predictions
            shown.to_csv(temporary, index=False, lineterminator="\n")
        return
    write_json(path, predictions_document(predictions, card, notes))


def predictions_document(
    predictions: pd.DataFrame, card: dict[str, Any], notes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Content of a JSON file of predictions.

    Parameters
    ----------
    predictions, card, notes
        As for :func:`write_predictions`.

    Returns
    -------
    dict
        Contains only values that JSON can represent; undefined values are None.
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
