"""Shapley values as pictures: a waterfall for one clip, bars and swarms for many."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata

from .importances import family_colour, family_legend
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, wrapped, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


TOP = 12
#: Features in each panel of the summary.
TOP_EACH = 8
#: Up and down, told apart by colour-blind readers too, and by the arrow's way.
UP, DOWN = "#B2182B", "#2166AC"
_BINS = 60


def plot_waterfall(
    explained: Any, number: int, emotion: str, path: str | os.PathLike, notice: str | None = None
) -> None:
    """Draw how features lead from the base to one clip's score of an emotion; families beside it.

    Parameters
    ----------
    explained : Explanation
        From :func:`prosody_ser.explain`.
    number : int
        Which of its clips.
    emotion : str
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.
    notice : str, optional
        Stands under the chart (synthetic data).

    Raises
    ------
    ProsodySerError
        If the file cannot be written or the suffix is no picture's.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> explained = ser.explain(table, ser.make_pipeline("lda"), [0, 1, 2], folds=2)
    >>> ser.plot_waterfall(explained, 0, "anger", "waterfall.png")
    """
    clip, at = explained.clips.iloc[number], explained.labels.index(emotion)
    shap = explained.of_clip(number, emotion)
    shown = shap.head(TOP)
    pushes = list(shown["shap"])
    names = [f"{row.feature} = {_valued(row)}" for row in shown.itertuples()]
    if len(shap) > TOP:
        pushes.append(shap["shap"].iloc[TOP:].sum())
        names.append(f"{len(shap) - TOP} others")
    base, output = explained.base[number, at], explained.output[number, at]
    families = explained.by_family(number, emotion)

    figure = new_figure(8.5, 2.2 + 0.28 * (len(names) + len(families)))
    top, below = figure.subplots(2, 1, height_ratios=[len(names) + 1, len(families) + 0.5])
    # From the base, at the bottom, the smallest push first, up to the score.
    starts = base + np.concatenate([[0], np.cumsum(pushes[::-1])[:-1]])
    _bars(top, names[::-1], pushes[::-1], starts)
    ends = ((base, "base", "--", -0.9, "top"), (output, "score", "-", len(names) - 0.1, "bottom"))
    for value, name, style, y, side in ends:
        top.axvline(value, color="black", linewidth=0.8, linestyle=style)
        ground = {"facecolor": "white", "linewidth": 0, "pad": 1}
        top.text(value, y, f"{name} {value:.3g}", fontsize=NOTE, ha="center", va=side, bbox=ground)
    top.set_ylim(-1.6, len(names) + 0.6)
    _bars(below, list(families.index)[::-1], list(families)[::-1], np.zeros(len(families)))
    below.axvline(0, color="black", linewidth=0.8)
    below.set_xlabel(
        f"pushed the {explained.kind} of {emotion} by, each family together", fontsize=LABEL, parse_math=False
    )
    right = "rightly" if clip["predicted"] == clip["emotion"] else "wrongly"
    title = f"{clip['file']} (speaker {clip['speaker']}, {clip['emotion']}): predicted {right} as {clip['predicted']}; "
    figure.suptitle(
        wrapped(f"{title}{explained.kind} of {emotion}", 8.0, TITLE), fontsize=TITLE, parse_math=False, ha="center"
    )
    put_notes(figure, "Red pushes up, blue down. Shapley values of a fold that had not heard the speaker.", notice)
    write_figure(figure, path)


def plot_explanations(explained: Any, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the features that push most, over all emotions as bars and for each as a swarm of clips.

    Parameters
    ----------
    explained : Explanation
        From :func:`prosody_ser.explain`.
    path, title, notice
        As for :func:`plot_importances`.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> explained = ser.explain(table, ser.make_pipeline("lda"), [0, 1, 2], folds=2)
    >>> ser.plot_explanations(explained, "explained.png", "chroma, lda")
    """
    summary = explained.summary()
    n_panels = 1 + len(explained.labels)
    n_rows = (n_panels + 1) // 2
    figure = new_figure(12, 1.0 + 2.7 * n_rows)
    panels = figure.subplots(n_rows, 2, squeeze=False).ravel()
    for axes in panels[n_panels:]:
        axes.set_visible(False)
    first = summary.head(TOP_EACH).iloc[::-1]
    families = list(first["family"])
    bars = panels[0].barh(range(len(first)), first["mean_abs_shap"], color=list(map(family_colour, families)))
    _named(panels[0], list(first["feature"]))
    panels[0].set_title("all emotions: mean absolute push", fontsize=LABEL, loc="left")
    family_legend(panels[0], bars, families)
    position = {name: i for i, name in enumerate(explained.features)}
    dots = None
    for at, (emotion, axes) in enumerate(zip(explained.labels, panels[1:n_panels], strict=True)):
        chosen = list(summary.sort_values(emotion, ascending=False, kind="stable")["feature"].head(TOP_EACH))[::-1]
        for y, name in enumerate(chosen):
            shap, value = explained.values[:, position[name], at], explained.inputs[:, position[name]]
            there = np.isfinite(value)
            up = y + _swarm(shap)
            axes.scatter(shap[~there], up[~there], s=4, color="#bbbbbb", linewidths=0)
            dots = axes.scatter(
                shap[there], up[there], s=4, c=_ranks(value[there]), cmap="coolwarm", vmin=0, vmax=1, linewidths=0
            )
        axes.axvline(0, color="black", linewidth=0.8)
        _named(axes, chosen)
        axes.set_title(
            f"{emotion}: push of its {explained.kind}, a dot a clip", fontsize=LABEL, loc="left", parse_math=False
        )
    if dots is not None:
        bar = figure.colorbar(dots, ax=list(panels), shrink=0.4, aspect=30, pad=0.01, ticks=[0, 1])
        bar.ax.set_yticklabels(["low", "high"], fontsize=NOTE)
        bar.set_label("value of the feature (rank)", fontsize=NOTE)
    figure.suptitle(wrapped(title, 11.0, TITLE), fontsize=TITLE, parse_math=False)
    put_notes(figure, "Shapley values, each clip by the fold that had not heard its speaker.", notice)
    write_figure(figure, path)


def _bars(axes: "Axes", names: Sequence[str], pushes: Sequence[float], starts: np.ndarray) -> None:
    """Bars from their start by their push, the number at the tip."""
    at = np.arange(len(names))
    axes.barh(at, pushes, left=starts, color=[UP if push > 0 else DOWN for push in pushes], height=0.7)
    ends = starts + pushes
    low, high = min(*starts, *ends), max(*starts, *ends)
    room = 0.14 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    for y, (push, end) in enumerate(zip(pushes, ends, strict=True)):
        axes.annotate(
            f"{push:+.3g}", (end, y), (3 if push > 0 else -3, 0), textcoords="offset points", fontsize=NOTE,
            va="center", ha="left" if push > 0 else "right",
        )  # fmt: skip
    _named(axes, names)


def _named(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=NOTE, parse_math=False)  # names may hold a $
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)


def _swarm(values: np.ndarray) -> np.ndarray:
    """How far up or down each dot goes so that those of like value lie beside each other; the same each time."""
    span = np.ptp(values) or 1.0
    bins = np.floor((values - values.min()) / span * (_BINS - 1)).astype(int)
    up = np.zeros(len(values))
    for number in np.unique(bins):
        own = np.flatnonzero(bins == number)
        place = np.arange(own.size)
        up[own] = np.where(place % 2, 1, -1) * ((place + 1) // 2)
    return 0.4 * up / max(np.abs(up).max(), 8)


def _ranks(values: np.ndarray) -> np.ndarray:
    if values.size < 2:
        return np.full(values.size, 0.5)
    return (rankdata(values, "ordinal") - 1) / (values.size - 1)


def _valued(row: Any) -> str:
    return "undefined" if np.isnan(row.value) else f"{row.value:.4g} {row.unit}".rstrip()
