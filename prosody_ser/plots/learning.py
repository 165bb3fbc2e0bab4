"""How a model learns, in grey: its score by the number of speakers it learned from, its loss by epoch."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .scores import headline
from .style import LABEL, NOTE, new_figure, put_legend, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_learning_curve(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw the score by the number of speakers trained on.

    Parameters
    ----------
    data : dict
        The content of a result that has ``learning``: of ``cv --learning-curve``.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.

    Examples
    --------
    >>> from prosody_ser.learn.inspection.learning_curve import with_learning_curve
    >>> plan = ser.EvaluationPlan.of(ser.load_emodb_features("chroma"), 2)
    >>> result = ser.evaluate(plan, ser.make_pipeline("lda"))
    >>> ser.plot_learning_curve(with_learning_curve(result, plan, ser.make_pipeline("lda")).data, "learning.png")
    """
    write_figure(learning_figure(data), path)


def plot_training(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw the loss of each fold over the epochs; of networks also their validation clips' and the UAR of both.

    Parameters
    ----------
    data : dict
        The content of a result that has ``training``: of a model that learns by epochs, such as ``mlp``.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("mlp"), folds=2)
    >>> ser.plot_training(result.data, "training.png")
    """
    write_figure(training_figure(data), path)


def learning_figure(data: Mapping[str, Any]) -> "Figure":
    """UAR of unheard speakers, with its interval, and of the training clips, over the number of training speakers."""
    points = data["learning"]["points"]
    n = [point["n_speakers"] for point in points]
    figure = new_figure(6.5, 4.4)
    axes = figure.add_subplot()
    ranged = [point for point in points if point["interval"]]
    if ranged:
        low, high = zip(*(point["interval"] for point in ranged), strict=True)
        x = [point["n_speakers"] for point in ranged]
        axes.fill_between(x, low, high, color="0.85", label="95 % interval over speakers")
    axes.plot(n, [point["uar"] for point in points], "ko-", label="unheard speakers")
    own = [point["training_uar"] for point in points]
    axes.plot(n, own, "D--", color="0.4", markerfacecolor="white", label="training clips (no score)")
    chance = data.get("chance", 1 / len(data["labels"]))
    axes.axhline(chance, color="0.4", linestyle=":", linewidth=1, label=f"chance {chance:.3f}")
    axes.set_xticks(n)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("speakers to learn from", fontsize=LABEL)
    axes.set_ylabel("UAR", fontsize=LABEL)
    _finish(figure, data, data["learning"]["note"])
    put_legend(figure, axes)
    return figure


def training_figure(data: Mapping[str, Any]) -> "Figure":
    """The loss of each fold over the epochs; of networks that stop by validation clips their loss and UAR, too."""
    runs = data["training"]["folds"]
    measures = [name for name in ("loss", "uar") if all(name in run for run in runs)]
    figure = new_figure(6.5 if len(measures) == 1 else 10, 4.4)
    for place, name in enumerate(measures, start=1):
        axes = figure.add_subplot(1, len(measures), place)
        labels: list[str | None] = ["training clips", "validation clips", "epochs that it was trained for"]
        for run in runs:
            own, held_out = run[name], run.get("validation", {}).get(name, [])
            axes.plot(_epochs(own), own, color="0.6", linewidth=0.8, label=labels[0])
            if held_out:
                axes.plot(_epochs(held_out), held_out, "k--", linewidth=0.8, label=labels[1])
                at = run["kept_epoch"]
                axes.plot(at, held_out[at - 1], "ko", markersize=4, linestyle="", label=labels[2])
            labels = [None, None, None]  # one entry each in the legend
        axes.set_ylim(0, None if name == "loss" else 1.03)
        axes.set_xlabel("epoch", fontsize=LABEL)
        shown = "training loss" if len(measures) == 1 else {"loss": "loss", "uar": "UAR"}[name]
        axes.set_ylabel(f"{shown}, a line for each of {len(runs)} fits", fontsize=LABEL)
    _finish(figure, data, data["training"]["note"])
    for axes in figure.axes:
        axes.locator_params(axis="x", integer=True)
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
