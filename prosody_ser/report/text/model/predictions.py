"""Predictions as lines for a terminal."""

from typing import Any

import pandas as pd

from ....corpus_names import corpora_in_words, has_name
from ....errors import counted
from ....model.abstention.doubts import BEYOND, UNLIKE
from ....terminal_view import columns_of, fits
from ...grid import grid
from .reasons import label_in_words

_LONGEST_NAME = 44
#: Width of the bar for a probability of 1.
_BAR = 30


def predictions_text(predictions: pd.DataFrame) -> str:
    """Format predictions as a table with one row each; a recording that failed is shown with its error.

    If there is only one row, the probability of each emotion is shown as well, as a bar.
    """
    rows = []
    for name, row in zip(_names(predictions), predictions.to_dict("records"), strict=True):
        if row["status"] != "ok":
            rows.append([name, row["status"], "", "", row["error"]])
            continue
        confidence = "none" if row["abstain_reason"] in BEYOND else f"{row['confidence']:.2f}"
        rows.append([name, _claim(row), confidence, f"{row['novelty']:.2f}", row["reasons"]])
    lines = grid(["", "", "conf.", "novelty", "because"], rows, n_left=2, text=[4])
    if len(predictions) == 1 and (predictions["status"] == "ok").all():
        lines += f"\n\n{_bars(predictions.iloc[0])}"
    return lines


def _claim(row: Any) -> str:
    """The label of a row; if the model abstains, the reason and its best guess."""
    return f"{label_in_words(row)}: {row['label']}?" if row["abstain"] else label_in_words(row)


@fits
def summary_text(predictions: pd.DataFrame, card: dict[str, Any]) -> str:
    """Count the labelled, unsure and failed rows, and explain the confidence."""
    done = predictions[predictions["status"] == "ok"]
    n_abstain = int(done["abstain"].sum())
    n_failed = len(predictions) - len(done)
    lines = [
        f"{counted(len(predictions), 'row')}: {len(done) - n_abstain} labelled, {n_abstain} not sure, {n_failed} failed"
    ]
    if len(done):
        names = (corpus["name"] for corpus in card["training"]["corpora"])
        corpora = corpora_in_words(filter(has_name, names), "")
        lines.append(
            "conf. is the probability of the label, calibrated for speech like the training corpus"
            f"{f' ({corpora})' if corpora else ''}; recordings unlike that speech, too short, too long or without "
            "speech have no confidence"
        )
    if n_abstain:
        counts = done["abstain_reason"][done["abstain"].astype(bool)].value_counts()
        if n_abstain > 1:
            lines.append(f"not sure: {', '.join(f'{reason} {count}' for reason, count in counts.items())}")
        lines.append(f"the model is not sure {_when(card)}; the label it then shows is its best guess")
        if UNLIKE in counts:
            lines.append(
                f"for speech that is {UNLIKE}, train a model on labelled recordings of it: prosody-ser train DIR -o "
                "mine.skops"
            )
    return "\n".join(lines)


def _when(card: dict[str, Any]) -> str:
    """Say when a model abstains: ``below a confidence of 0.74, above a novelty of 0.98, ...``."""
    abstain = card["abstain"]
    when = []
    if abstain["risk"] is not None and abstain["reached"]:
        when.append(
            f"below a confidence of {abstain['threshold']:.2f} (chosen for {abstain['risk']:.0%} of wrong labels)"
        )
    if abstain["risk"] is not None and not abstain["reached"]:
        return "about any recording, as no confidence reaches the stated risk"
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
    """Draw the probability of every emotion, the most probable first."""
    shares = {name.removeprefix("p_"): row[name] for name in row.index if str(name).startswith("p_")}
    width = max(columns_of(label) for label in shares)
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    return "\n".join(
        f"  {label}{' ' * (width - columns_of(label))}  {share:.2f}  {'█' * round(share * _BAR)}".rstrip()
        for label, share in ordered
    )


def _names(predictions: pd.DataFrame) -> list[str]:
    """Name the rows by their files, and with times if a file has several rows."""
    once = not predictions["file"].duplicated().any()
    names = []
    for file, start, end in zip(predictions["file"], predictions["start"], predictions["end"], strict=True):
        name = file if len(file) <= _LONGEST_NAME else "…" + file[-_LONGEST_NAME + 1 :]
        times = "" if once else f" {start:.2f}-" + ("" if end != end else f"{end:.2f}")
        names.append(name + times)
    return names


def timeline_in_words(segments: pd.DataFrame) -> str:
    """Describe the picture of a recording over time, for readers who cannot see it."""
    done = segments[segments["status"] == "ok"]
    parts = [
        f"{start:.1f} to {end:.1f} s {'not sure' if abstain else label}"
        for start, end, label, abstain in zip(done["start"], done["end"], done["label"], done["abstain"], strict=True)
    ]
    return f"Emotion over time, in {counted(len(done), 'segment')} of speech: {'; '.join(parts) or 'none'}."
