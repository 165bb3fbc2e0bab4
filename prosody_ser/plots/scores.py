"""Pictures of a result in grey: confusion matrix, UAR of every speaker, and calibration."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..corpus_names import corpora_in_words
from ..results import Result
from ..results.reliability import FEW, Bin, reliability_bins
from .style import (
    LABEL,
    LETTER_IN,
    MARKS,
    NOTE,
    ink_at,
    new_figure,
    put_legend,
    put_notes,
    put_title,
    shortened,
    write_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GREYS = "Greys"
_CELL_IN = 0.62
#: Labels are rotated from this number of emotions on, or if a name has more letters.
_UPRIGHT_FROM, _LETTERS_ACROSS = 11, 10


def headline(data: Mapping[str, Any]) -> str:
    """Title with corpus, model, split, track and UAR."""
    protocol = data["protocol"]
    steps = {step["name"]: step["estimator"] for step in protocol["steps"]}
    model = steps.get("model", protocol["steps"][-1]["estimator"])
    interval = data.get("intervals")
    ends = f" ({interval['uar'][0]:.3f} to {interval['uar'][1]:.3f})" if interval else ""
    corpora = corpora_in_words(protocol["corpora"])
    return f"{corpora}: {model}, {protocol['split']}, {protocol['track']}, UAR {data['uar']:.3f}{ends}"


def plot_confusion(result: Result | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw the confusion matrix of a result.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read or is of another kind, or the picture cannot be written or its suffix is not one
        of these.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_confusion(result, "confusion.png")
    """
    write_figure(confusion_figure(Result.of(result).data), path)


def confusion_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw the confusion matrix in one panel: rows are true, columns predicted emotions."""
    labels, counts = data["confusion"]["labels"], data["confusion"]["counts"]
    names = list(map(shortened, labels))
    longest = max(map(len, names))
    upright = len(labels) >= _UPRIGHT_FROM or longest > _LETTERS_ACROSS
    side_in = max(3.4, _CELL_IN * len(labels))
    names_in = 0.5 + LETTER_IN * longest
    figure = new_figure(side_in + names_in + 0.3, side_in + 1.4 + (names_in if upright else 0))
    axes = figure.add_subplot()
    shares = [[n / sum(row) if sum(row) else 0.0 for n in row] for row in counts]
    axes.imshow(shares, cmap=_GREYS, vmin=0, vmax=1)
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            text = f"{count}\n{100 * shares[i][j]:.0f} %" if sum(row) else "0"
            axes.text(j, i, text, ha="center", va="center", fontsize=NOTE, color=ink_at(_GREYS, shares[i][j]))
    ticks = range(len(labels))
    axes.set_xticks(ticks, names, fontsize=NOTE, rotation=90 if upright else 0, parse_math=False)
    axes.set_yticks(ticks, names, fontsize=NOTE, parse_math=False)
    axes.set_xlabel("predicted", fontsize=LABEL)
    axes.set_ylabel("true", fontsize=LABEL)
    axes.tick_params(length=0)
    axes.spines[:].set_color("0.6")
    put_title(figure, headline(data), taken_in=names_in + 0.4)
    put_notes(
        figure,
        "In each cell: number of held-out predictions, and their share of the clips of the true emotion.",
        data["notice"],
    )
    return figure


def plot_speakers(result: Result | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw the UAR of every held-out speaker, in each track of the result.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read or is of another kind, or the picture cannot be written or its suffix is not one
        of these.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_speakers(result, "speakers.png")
    """
    write_figure(speakers_figure(Result.of(result).data), path)


def speakers_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw one line for each speaker, the best on top."""
    tracks = {data["protocol"]["track"]: data["per_speaker"]}
    tracks |= {other["track"]: other["per_speaker"] for other in data.get("alongside") or []}
    speakers = sorted(data["per_speaker"], key=lambda name: (data["per_speaker"][name]["uar"], name))
    dots = {
        track: [(scores[name]["uar"], i) for i, name in enumerate(speakers) if name in scores]
        for track, scores in tracks.items()
    }
    figure = new_figure(6.5, 1.9 + 0.24 * len(speakers))
    axes = figure.add_subplot()
    axes.hlines(range(len(speakers)), 0, 1, color="0.9", linewidth=0.6)
    draw_dots(axes, speakers, dots, data.get("chance", 1 / len(data["labels"])))
    axes.set_xlabel("UAR over the emotions of the speaker", fontsize=LABEL)
    axes.set_ylabel("held-out speaker", fontsize=LABEL)
    put_title(figure, headline(data))
    put_legend(figure, axes)
    put_notes(figure, data["notice"])
    return figure


def draw_dots(
    axes: "Axes", names: Sequence[str], tracks: Mapping[str, Sequence[tuple[float, int]]], chance: float
) -> None:
    """Draw one line for each name, and on it the UAR in each track, given as pairs of UAR and number of the line."""
    for (track, dots), (marker, filling) in zip(tracks.items(), MARKS, strict=False):
        axes.plot(*zip(*dots, strict=True), marker, label=track, color="black", markerfacecolor=filling, zorder=3)
    axes.axvline(chance, color="0.4", linestyle="--", linewidth=1, label=f"chance {chance:.3f}")
    axes.set_yticks(range(len(names)), names, fontsize=NOTE, parse_math=False)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.7, len(names) - 0.3)
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)


def plot_reliability(result: Result | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw the reliability curve: the share of correct predictions against the confidence of the model.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file. It needs
        ``calibration``, as from ``cv --calibrate``.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read, is of another kind or lacks `calibration`, or the picture cannot be written or its
        suffix is not one of these.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> result = ser.evaluate(table, ser.make_pipeline("lda", calibrate=True), folds=2)
    >>> ser.plot_reliability(result, "reliability.png")
    """
    write_figure(reliability_figure(Result.of(result).data), path)


def reliability_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw the reliability curve, and the number of predictions in each bin in a second panel."""
    bins = reliability_bins(data)
    figure = new_figure(5.4, 6.4)
    curve, counts = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1.2))
    _curve(curve, bins)
    _counts(counts, bins)
    for axes in (curve, counts):
        axes.tick_params(labelsize=NOTE)
        axes.spines[["top", "right"]].set_visible(False)
    put_title(figure, headline(data))
    put_legend(figure, curve)
    put_notes(figure, *_reliability_notes(data, bins), data["notice"])
    return figure


def _curve(axes: "Axes", bins: Sequence[Bin]) -> None:
    """Draw accuracy over confidence, with hollow dots for bins of few clips."""
    axes.plot([0, 1], [0, 1], color="0.5", linestyle="--", linewidth=1, label="calibrated")
    x, y = [part.mean_confidence for part in bins], [part.accuracy for part in bins]
    axes.plot(x, y, color="0.6", linewidth=0.8)
    for part in bins:
        axes.vlines(part.mean_confidence, *part.interval, color="black", linewidth=0.9)
    style: dict[str, Any] = {"color": "black", "markersize": 5, "clip_on": False, "zorder": 3}  # not cut off at 0 and 1
    for few, filling, label in ((False, "black", f"{FEW} clips or more"), (True, "white", f"fewer than {FEW} clips")):
        dots = [(part.mean_confidence, part.accuracy) for part in bins if part.few is few]
        if dots:
            axes.plot(*zip(*dots, strict=True), "o", label=label, markerfacecolor=filling, **style)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("share of correct predictions", fontsize=LABEL)


def _counts(axes: "Axes", bins: Sequence[Bin]) -> None:
    """Draw the number of predictions in each bin, as bars."""
    most = max((part.n for part in bins), default=1)
    for part in bins:
        filling = "white" if part.few else "0.75"
        width = part.high - part.low
        axes.bar(part.low, part.n, width=width, align="edge", color=filling, edgecolor="0.4", linewidth=0.8)
        middle = (part.low + part.high) / 2
        axes.text(middle, part.n + 0.04 * most, str(part.n), ha="center", va="bottom", fontsize=NOTE)
    axes.set_ylim(0, 1.35 * most)
    axes.set_xlabel("confidence", fontsize=LABEL)
    axes.set_ylabel("predictions", fontsize=LABEL)


def _reliability_notes(data: Mapping[str, Any], bins: Sequence[Bin]) -> Iterator[str]:
    brier, ece = data["calibration"]["brier"], data["calibration"]["ece"]
    remark = "" if data["protocol"]["scores_calibrated"] else " The probabilities are not calibrated."
    yield f"Brier score {brier:.3f}, expected calibration error {ece:.3f}.{remark}"
    yield "Dashed: perfect calibration. Vertical lines: 95 % interval (Wilson), for independent clips."
    if any(part.few for part in bins):
        yield f"Hollow dots and white bars: fewer than {FEW} clips, too few for a conclusion."
