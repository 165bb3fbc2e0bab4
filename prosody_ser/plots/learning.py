"""Learning curves in grey: the score for each number of training speakers, and the loss by epoch."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..results import Result
from ..results.optional_parts import optional_part
from .scores import headline
from .style import LABEL, NOTE, new_figure, put_legend, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Ratio of the largest to the smallest number of speakers from which the axis is logarithmic.
_WIDE = 30


def plot_learning_curve(result: Result | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw the score for each number of training speakers.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file. It needs
        ``learning``, as from ``cv --learning-curve``.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read, is of another kind or lacks `learning`, or the picture cannot be written or its
        suffix is not one of these.

    Examples
    --------
    >>> from prosody_ser.learn.inspection.learning_curve import with_learning_curve
    >>> plan = ser.EvaluationPlan.of(ser.load_emodb_features("chroma"), 2)
    >>> result = ser.evaluate(plan, ser.make_pipeline("lda"))
    >>> ser.plot_learning_curve(with_learning_curve(result, plan, ser.make_pipeline("lda")), "learning.png")
    """
    write_figure(learning_figure(Result.of(result).data), path)


def plot_training(result: Result | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw the loss of each fold over the epochs; for networks also that on validation clips, and the UAR on both.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file. It needs
        ``training``, from a model that is trained in epochs, such as ``mlp``.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read, is of another kind or lacks `training`, or the picture cannot be written or its
        suffix is not one of these.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("mlp"), folds=2)
    >>> ser.plot_training(result, "training.png")
    """
    write_figure(training_figure(Result.of(result).data), path)


def learning_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw UAR on held-out speakers, with its interval, and on training clips, over the number of training speakers."""
    learning = optional_part(data, "learning")
    points = learning["points"]
    n = [point["n_speakers"] for point in points]
    figure = new_figure(6.5, 4.4)
    axes = figure.add_subplot()
    ranged = [point for point in points if point["interval"]]
    if ranged:
        low, high = zip(*(point["interval"] for point in ranged), strict=True)
        x = [point["n_speakers"] for point in ranged]
        axes.fill_between(x, low, high, color="0.85", label="95 % interval over speakers")
    axes.plot(n, [point["uar"] for point in points], "ko-", label="held-out speakers")
    training_uar = [point["training_uar"] for point in points]
    axes.plot(n, training_uar, "D--", color="0.4", markerfacecolor="white", label="training clips (not a score)")
    chance = data.get("chance", 1 / len(data["labels"]))
    axes.axhline(chance, color="0.4", linestyle=":", linewidth=1, label=f"chance {chance:.3f}")
    if n[-1] > _WIDE * n[0]:  # on a linear scale, the first numbers would overlap
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_xticks(n, map(str, n))
    axes.set_ylim(0, 1.03)
    scale = ", on a logarithmic scale" if axes.get_xscale() == "log" else ""
    axes.set_xlabel(f"number of training speakers{scale}", fontsize=LABEL)
    axes.set_ylabel("UAR", fontsize=LABEL)
    _finish(figure, data, learning["note"])
    put_legend(figure, axes)
    return figure


def training_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw the loss of each fold over the epochs; with validation clips also the loss on these, and the UAR."""
    training_part = optional_part(data, "training")
    runs = training_part["folds"]
    measures = [name for name in ("loss", "uar") if all(name in run for run in runs)]
    figure = new_figure(6.5 if len(measures) == 1 else 10, 4.4)
    for position, name in enumerate(measures, start=1):
        axes = figure.add_subplot(1, len(measures), position)
        labels: list[str | None] = ["training clips", "validation clips", "chosen number of epochs"]
        for run in runs:
            training, held_out = run[name], run.get("validation", {}).get(name, [])
            alone: dict[str, Any] = (
                {"marker": "o", "markersize": 4} if len(training) == 1 else {}
            )  # one point is no line
            axes.plot(_epochs(training), training, color="0.6", linewidth=0.8, label=labels[0], **alone)
            if held_out:
                axes.plot(_epochs(held_out), held_out, "k--", linewidth=0.8, label=labels[1])
                kept = run["kept_epoch"]
                axes.plot(kept, held_out[kept - 1], "ko", markersize=4, linestyle="", label=labels[2])
            labels = [None, None, None]  # so that the legend has each entry once
        axes.set_ylim(0, None if name == "loss" else 1.03)
        axes.set_xlabel("epoch", fontsize=LABEL)
        shown = "training loss" if len(measures) == 1 else {"loss": "loss", "uar": "UAR"}[name]
        lines = f", one line for each of {len(runs)} fits" if len(runs) > 1 else ""
        axes.set_ylabel(f"{shown}{lines}", fontsize=LABEL)
    _finish(figure, data, training_part["note"])
    for axes in figure.axes:
        axes.locator_params(axis="x", integer=True, min_n_ticks=1)
    if len(measures) > 1:
        put_legend(figure, figure.axes[-1])
    return figure


def _epochs(values: Sequence[float]) -> range:
    return range(1, len(values) + 1)


def _finish(figure: "Figure", data: Mapping[str, Any], note: str) -> None:
    for axes in figure.axes:
        axes.tick_params(labelsize=NOTE)
        axes.spines[["top", "right"]].set_visible(False)
    put_title(figure, headline(data))
    put_notes(figure, note, data["notice"])
