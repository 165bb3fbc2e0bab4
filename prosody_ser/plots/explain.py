"""Shapley values as pictures: a waterfall for one clip, bars and swarms for many."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata

from ..colours import LESS, MORE, family_fill
from ..errors import counted
from .importances import barh_of, family_legend
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, shortened, wrapped, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure


TOP = 12
#: Number of features in each panel of the summary.
TOP_EACH = 8
#: Colour map from low to high values; it goes from dark to light, so that it can be printed in grey.
_LOW_TO_HIGH = "cividis"
_BINS = 60


def plot_waterfall(
    explained: Any, number: int, emotion: str, path: str | os.PathLike, notice: str | None = None
) -> None:
    """Draw how features lead from the base value to one clip's score of an emotion, and the sums of their families.

    Parameters
    ----------
    explained : Explanation
        From :func:`prosody_ser.explain`.
    number : int
        Position of the clip in `explained`.
    emotion : str
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    notice : str, optional
        Note to show below the picture, for synthetic data.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> explained = ser.explain(table, ser.make_pipeline("lda"), [0, 1, 2], folds=2)
    >>> ser.plot_waterfall(explained, 0, "anger", "waterfall.png")
    """
    write_figure(waterfall_figure(explained, number, emotion, notice), path)


def waterfall_figure(explained: Any, number: int, emotion: str, notice: str | None = None) -> "Figure":
    """Draw one clip: from the base value at the bottom to the score at the top, and the families below."""
    shap = explained.of_clip(number, emotion)
    shown = shap.head(TOP)
    pushes = list(shown["shap"])
    names = [f"{row.feature} = {_valued(row)}" for row in shown.itertuples()]
    if len(shap) > TOP:
        pushes.append(shap["shap"].iloc[TOP:].sum())
        names.append(f"{counted(len(shap) - TOP, 'other feature')} together")
    families = explained.by_family(number, emotion)

    column = explained.labels.index(emotion)
    base, output = explained.base[number, column], explained.output[number, column]
    decimals = _decimals(max(map(abs, pushes)))  # the same for all, so that they add up

    figure = new_figure(8.5, 2.9 + 0.28 * (len(names) + len(families)))
    top, below = figure.subplots(2, 1, height_ratios=[len(names) + 2, len(families) + 0.5])
    # From the base value at the bottom to the score at the top, the smallest contribution first.
    starts = base + np.concatenate([[0], np.cumsum(pushes[::-1])[:-1]])
    _bars(top, names[::-1], pushes[::-1], starts, decimals)
    _ends(top, base, output, len(names), decimals)
    score = f"{explained.kind} of {shortened(emotion)}"
    top.set_xlabel(score, fontsize=LABEL, parse_math=False)
    _bars(below, list(families.index)[::-1], list(families)[::-1], np.zeros(len(families)), decimals)
    below.axvline(0, color="black", linewidth=0.8)
    below.set_xlabel("contribution of each family of features to this score", fontsize=LABEL)
    figure.suptitle(_headline(explained, number, emotion), fontsize=TITLE, parse_math=False, ha="center")
    put_notes(
        figure,
        f"Dark bars raise the {explained.kind}, light hatched bars lower it. The base is the expected output for "
        "an unknown clip. Shapley values of a model that was trained without the speaker.",
        notice,
    )
    return figure


def _headline(explained: Any, number: int, emotion: str) -> str:
    clip = explained.clips.iloc[number]
    correct = "correctly" if clip["predicted"] == clip["emotion"] else "wrongly"
    name = f"{clip['file']} (speaker {clip['speaker']}, {clip['emotion']})"
    text = f"{name}: {correct} predicted as {clip['predicted']}; {explained.kind} of {emotion}"
    return wrapped(text, 8.0, TITLE)


def plot_explanations(explained: Any, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the features that contribute most: as bars over all emotions, and as a swarm of clips for each emotion.

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
    write_figure(explanations_figure(explained, title, notice), path)


def explanations_figure(explained: Any, title: str, notice: str | None = None) -> "Figure":
    """Draw many clips: a panel of bars over all emotions, then a panel of swarms for each emotion."""
    summary = explained.summary()
    n_panels = 1 + len(explained.labels)
    n_rows = (n_panels + 1) // 2
    figure = new_figure(12, 1.0 + 2.7 * n_rows)
    panels = figure.subplots(n_rows, 2, squeeze=False).ravel()
    for axes in panels[n_panels:]:
        axes.set_visible(False)
    first = summary.head(TOP_EACH).iloc[::-1]
    families = list(first["family"])
    bars = barh_of(panels[0], list(map(family_fill, families)), list(first["mean_abs_shap"]))
    _named(panels[0], list(first["feature"]))
    panels[0].set_title("all emotions: mean absolute contribution", fontsize=LABEL, loc="left")
    family_legend(figure, bars, families, "outside right upper")
    for column, (emotion, axes) in enumerate(zip(explained.labels, panels[1:n_panels], strict=True)):
        chosen = list(summary.sort_values(emotion, ascending=False, kind="stable")["feature"].head(TOP_EACH))[::-1]
        dots = _swarms(axes, explained, column, chosen)
        axes.set_title(
            f"{shortened(emotion)}: contribution to its {explained.kind}", fontsize=LABEL, loc="left", parse_math=False
        )
    bar = figure.colorbar(dots, ax=list(panels), shrink=0.4, aspect=30, pad=0.01, ticks=[0, 1])
    bar.ax.set_yticklabels(["low", "high"], fontsize=NOTE)
    bar.set_label("value of the feature (rank)", fontsize=NOTE)
    figure.suptitle(wrapped(title, 11.0, TITLE), fontsize=TITLE, parse_math=False)
    crosses = " Crosses: the value is undefined." if np.isnan(explained.inputs).any() else ""
    put_notes(
        figure,
        f"Each dot is the Shapley value of a clip, from a model that was trained without its speaker.{crosses}",
        notice,
    )
    return figure


def _swarms(axes: "Axes", explained: Any, column: int, chosen: Sequence[str]) -> "PathCollection":
    """Draw a swarm for each feature, with a dot for each clip, dark for low values; give the dots of the last one."""
    for y, name in enumerate(chosen):
        number = explained.features.index(name)
        shap, value = explained.values[:, number, column], explained.inputs[:, number]
        defined = np.isfinite(value)
        heights = y + _swarm(shap)
        axes.scatter(shap[~defined], heights[~defined], s=8, marker="x", color="0.5", linewidths=0.6)
        coloured: dict[str, Any] = {"c": _ranks(value[defined]), "cmap": _LOW_TO_HIGH, "vmin": 0, "vmax": 1}
        dots = axes.scatter(shap[defined], heights[defined], s=5, linewidths=0, **coloured)
    axes.axvline(0, color="black", linewidth=0.8)
    _named(axes, chosen)
    return dots


def _bars(axes: "Axes", names: Sequence[str], pushes: Sequence[float], starts: np.ndarray, decimals: int) -> None:
    """Draw bars from `starts` with the lengths `pushes`, and the number at the end of each."""
    barh_of(axes, [MORE if push > 0 else LESS for push in pushes], pushes, left=starts, height=0.7)
    ends = starts + pushes
    low, high = min(*starts, *ends), max(*starts, *ends)
    room = 0.14 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    for y, (push, end) in enumerate(zip(pushes, ends, strict=True)):
        axes.annotate(
            _with_minus(f"{push:+z.{decimals}f}"), (end, y), (3 if push > 0 else -3, 0), textcoords="offset points",
            fontsize=NOTE, va="center", ha="left" if push > 0 else "right",
        )  # fmt: skip
    _named(axes, names)


def _ends(axes: "Axes", base: float, output: float, n_bars: int, decimals: int) -> None:
    """Draw lines at the base and at the score, with their numbers below and above the bars."""
    for value, name, style, y in ((base, "base", "--", -1.0), (output, "score", "-", n_bars)):
        axes.axvline(value, color="black", linewidth=0.8, linestyle=style, zorder=0)
        background = {"facecolor": "white", "linewidth": 0, "pad": 1}
        text = _with_minus(f"{name} {value:z.{decimals}f}")
        axes.text(value, y, text, fontsize=NOTE, ha="center", va="center", bbox=background)
    axes.set_ylim(-1.6, n_bars + 0.6)


def _named(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names, fontsize=NOTE, parse_math=False)  # names may contain $
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)


def _swarm(values: np.ndarray) -> np.ndarray:
    """Vertical offsets of the dots of a swarm, so that dots of similar values do not overlap."""
    span = np.ptp(values) or 1.0
    bins = np.floor((values - values.min()) / span * (_BINS - 1)).astype(int)
    offsets = np.zeros(len(values))
    for number in np.unique(bins):
        members = np.flatnonzero(bins == number)
        rank = np.arange(members.size)
        offsets[members] = np.where(rank % 2, 1, -1) * ((rank + 1) // 2)
    return 0.4 * offsets / max(np.abs(offsets).max(), 8)


def _ranks(values: np.ndarray) -> np.ndarray:
    if values.size < 2:
        return np.full(values.size, 0.5)
    return (rankdata(values, "ordinal") - 1) / (values.size - 1)


def _valued(row: Any) -> str:
    """Format a value with three significant digits and its unit."""
    if np.isnan(row.value):
        return "undefined"
    if 0 < abs(row.value) < 1e-4 or abs(row.value) >= 1e7:
        number = f"{row.value:.2e}"
    else:
        number = f"{row.value:,.{_decimals(abs(row.value))}f}"
    return f"{_with_minus(number)} {'' if row.unit == 'ratio' else row.unit}".rstrip()


def _decimals(size: float) -> int:
    """Number of decimals that gives three significant digits for a number of this size."""
    return int(np.clip(2 - np.floor(np.log10(size)), 0, 6)) if size > 0 else 0


def _with_minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")
