"""Predictions as lines for a terminal."""

from typing import Any

import pandas as pd

from ...model.doubts import BEYOND
from ...terminal_view import columns_of, fits
from ..grid import grid
from .reasons import label_said

_LONGEST_NAME = 44
#: Columns of a bar that stands for a probability of 1.
_BAR = 30


def predictions_text(predictions: pd.DataFrame) -> str:
    """A line for each row: the emotion or why there is none, how sure, how new, what decided; what failed and why.

    Of a single row the probability of each emotion as well, as a bar.
    """
    rows = []
    for place, row in zip(_places(predictions), predictions.to_dict("records"), strict=True):
        if row["status"] != "ok":
            rows.append([place, row["status"], "", "", row["error"]])
            continue
        confidence = "none" if row["abstain_reason"] in BEYOND else f"{row['confidence']:.2f}"
        rows.append([place, _claim(row), confidence, f"{row['novelty']:.2f}", row["reasons"]])
    lines = grid(["", "", "conf.", "novelty", "because"], rows, n_left=2, text=[4])
    if len(predictions) == 1 and (predictions["status"] == "ok").all():
        lines += f"\n\n{_bars(predictions.iloc[0])}"
    return lines


def _claim(row: Any) -> str:
    """What the model claims of a row: the emotion, or that it is not sure, and why, and its best guess."""
    return f"{label_said(row)}: {row['label']}?" if row["abstain"] else label_said(row)


@fits
def summary_text(predictions: pd.DataFrame, card: dict[str, Any]) -> str:
    """How many got a label, how many did not and why, and what the confidence is worth."""
    done = predictions[predictions["status"] == "ok"]
    n_abstain = int(done["abstain"].sum())
    n_failed = len(predictions) - len(done)
    rows = "row" if len(predictions) == 1 else "rows"
    lines = [f"{len(predictions)} {rows}: {len(done) - n_abstain} labelled, {n_abstain} not sure, {n_failed} failed"]
    if len(done):
        corpora = ", ".join(corpus["name"] for corpus in card["training"]["corpora"] if corpus["name"])
        lines.append(
            "conf. is the probability of the emotion named, calibrated for speech like the training corpus"
            f"{f' ({corpora})' if corpora else ''}; none where a recording is unlike that"
        )
    if n_abstain:
        counts = done["abstain_reason"][done["abstain"].astype(bool)].value_counts()
        if n_abstain > 1:
            lines.append(f"not sure: {', '.join(f'{reason} {count}' for reason, count in counts.items())}")
        lines.append(f"the model claims no emotion {_when(card)}; what it names then is its best guess")
    return "\n".join(lines)


def _when(card: dict[str, Any]) -> str:
    """When a model claims no emotion: ``below a confidence of 0.74, above a novelty of 0.98, ...``."""
    abstain = card["abstain"]
    when = []
    if abstain["risk"] is not None and abstain["reached"]:
        when.append(
            f"below a confidence of {abstain['threshold']:.2f} (chosen for {abstain['risk']:.0%} of wrong labels)"
        )
    if abstain["risk"] is not None and not abstain["reached"]:
        return "at all, as no confidence reaches the stated risk"
    limits = abstain.get("limits")
    if limits:
        when.append(f"above a novelty of {limits['novelty']:.2f}")
        if limits["shortest_s"] is not None:
            when.append(
                f"for less than {limits['shortest_s']:.1f} s or more than {limits['longest_s']:.1f} s of speech"
            )
    when.append("where it finds no speech")
    return f"{', '.join(when[:-1])} or {when[-1]}" if len(when) > 1 else when[0]


def _bars(row: Any) -> str:
    """The probability of every emotion, the likeliest first."""
    shares = {name.removeprefix("p_"): row[name] for name in row.index if str(name).startswith("p_")}
    width = max(columns_of(label) for label in shares)
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    return "\n".join(
        f"  {label}{' ' * (width - columns_of(label))}  {share:.2f}  {'█' * round(share * _BAR)}".rstrip()
        for label, share in ordered
    )


def _places(predictions: pd.DataFrame) -> list[str]:
    """Files, and where several rows are of one, their times."""
    once = not predictions["file"].duplicated().any()
    found = []
    for file, start, end in zip(predictions["file"], predictions["start"], predictions["end"], strict=True):
        name = file if len(file) <= _LONGEST_NAME else "…" + file[-_LONGEST_NAME + 1 :]
        times = "" if once else f" {start:.2f}-" + ("" if end != end else f"{end:.2f}")
        found.append(name + times)
    return found


def timeline_in_words(stretches: pd.DataFrame) -> str:
    """What the picture of a recording over time shows, for who cannot see it."""
    done = stretches[stretches["status"] == "ok"]
    said = [
        f"{start:.1f} to {end:.1f} s {'not sure' if abstain else label}"
        for start, end, label, abstain in zip(done["start"], done["end"], done["label"], done["abstain"], strict=True)
    ]
    return f"Emotion over time, in {len(done)} stretches of speech: {'; '.join(said) or 'none'}."
