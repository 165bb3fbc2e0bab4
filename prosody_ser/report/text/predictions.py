"""Predictions as lines for a terminal."""

from typing import Any

import pandas as pd

from ...terminal_view import fits
from ..grid import grid

#: Beyond this share of the training corpus's clips it is said: what the model says of such speech is a guess.
FAR = 0.99
_LONGEST_NAME = 44


def predictions_text(predictions: pd.DataFrame) -> str:
    """A line for each row: what, how sure, how new, why; what failed and why."""
    rows = []
    for place, row in zip(_places(predictions), predictions.to_dict("records"), strict=True):
        if row["status"] != "ok":
            rows.append([place, row["status"], "", "", row["error"]])
            continue
        label = f"({row['label']})" if row["abstain"] else row["label"]
        rows.append([place, label, f"{row['confidence']:.2f}", f"{row['novelty']:.2f}", row["reasons"]])
    return grid(["", "", "conf.", "novelty", "because"], rows, n_left=2, text=[4])


@fits
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


def _places(predictions: pd.DataFrame) -> list[str]:
    """Files, and where several rows are of one, their times."""
    once = not predictions["file"].duplicated().any()
    found = []
    for file, start, end in zip(predictions["file"], predictions["start"], predictions["end"], strict=True):
        name = file if len(file) <= _LONGEST_NAME else "…" + file[-_LONGEST_NAME + 1 :]
        times = "" if once else f" {start:.2f}-" + ("" if end != end else f"{end:.2f}")
        found.append(name + times)
    return found
