"""Pictures of a result for a paper: every speaker's UAR, and how far probabilities are to be believed. In grey."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .style import LABEL, MARKS, NOTE, new_figure, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def headline(data: Mapping[str, Any]) -> str:
    """Corpus, model, split, track and UAR in a line."""
    protocol = data["protocol"]
    steps = {step["name"]: step["estimator"] for step in protocol["steps"]}
    model = steps.get("model", protocol["steps"][-1]["estimator"])
    interval = data.get("intervals")
    ends = f" ({interval['uar'][0]:.3f} to {interval['uar'][1]:.3f})" if interval else ""
    corpora = ", ".join(protocol["corpora"]) or "corpus not named"
    return f"{corpora}: {model}, {protocol['split']}, {protocol['track']}, UAR {data['uar']:.3f}{ends}"


def plot_speakers(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw the UAR of every held-out speaker, in each track that the result holds.

    Parameters
    ----------
    data : dict
        The content of a result.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_speakers(result.data, "speakers.png")
    """
    write_figure(speakers_figure(data), path)


def speakers_figure(data: Mapping[str, Any]) -> "Figure":
    """The picture, with one pair of axes: a line a speaker, the best on top."""
    tracks = {data["protocol"]["track"]: data["per_speaker"]}
    tracks |= {other["track"]: other["per_speaker"] for other in data.get("alongside") or []}
    speakers = sorted(data["per_speaker"], key=lambda name: (data["per_speaker"][name]["uar"], name))
    figure = new_figure(6.5, 1.9 + 0.24 * len(speakers))
    axes = figure.add_subplot()
    for (track, scores), (marker, filling) in zip(tracks.items(), MARKS, strict=False):
        known = [(scores[name]["uar"], i) for i, name in enumerate(speakers) if name in scores]
        axes.plot(*zip(*known, strict=True), marker, label=track, color="black", markerfacecolor=filling, zorder=3)
    axes.hlines(range(len(speakers)), 0, 1, color="0.9", linewidth=0.6)
    chance = data.get("chance", 1 / len(data["labels"]))
    axes.axvline(chance, color="0.4", linestyle="--", linewidth=1, label=f"chance {chance:.3f}")
    axes.set_yticks(range(len(speakers)), speakers, fontsize=NOTE, parse_math=False)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.7, len(speakers) - 0.3)
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.set_xlabel("UAR over the emotions that the speaker has", fontsize=LABEL)
    axes.set_ylabel("held-out speaker", fontsize=LABEL)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=NOTE, loc="best", framealpha=1, edgecolor="white")
    put_title(figure, headline(data))
    put_notes(figure, data["notice"])
    return figure


def plot_reliability(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw how often predictions are right against how sure the model was.

    Parameters
    ----------
    data : dict
        The content of a result, its ``calibration`` not null.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> result = ser.evaluate(table, ser.make_pipeline("lda", calibrate=True), folds=2)
    >>> ser.plot_reliability(result.data, "reliability.png")
    """
    write_figure(reliability_figure(data), path)


def reliability_figure(data: Mapping[str, Any]) -> "Figure":
    """The picture, with two pairs of axes: the curve, and how many predictions each bin holds."""
    found = data["calibration"]
    bins = [row for row in found["bins"] if row["n"]]
    figure = new_figure(4.8, 5.6)
    curve, counts = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    curve.plot([0, 1], [0, 1], color="0.5", linestyle="--", linewidth=1)
    curve.plot(
        [row["mean_confidence"] for row in bins], [row["accuracy"] for row in bins], "o-", color="black", markersize=5
    )
    curve.set_xlim(0, 1)
    curve.set_ylim(0, 1.02)
    curve.set_ylabel("share that is right", fontsize=LABEL)
    counts.bar(
        [row["low"] for row in bins],
        [row["n"] for row in bins],
        width=[row["high"] - row["low"] for row in bins],
        align="edge",
        color="0.75",
        edgecolor="white",
    )
    counts.set_xlabel("confidence", fontsize=LABEL)
    counts.set_ylabel("predictions", fontsize=LABEL)
    for axes in (curve, counts):
        axes.tick_params(labelsize=NOTE)
        axes.spines[["top", "right"]].set_visible(False)
    put_title(figure, headline(data))
    whose = "" if data["protocol"]["scores_calibrated"] else " The model's own probabilities, not calibrated."
    brier, ece = found["brier"], found["ece"]
    put_notes(figure, f"Brier score {brier:.3f}, expected calibration error {ece:.3f}.{whose}", data["notice"])
    return figure
