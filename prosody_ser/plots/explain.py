"""Shapley values as pictures: a waterfall for one clip, bars and swarms for many."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata

from ..colours import LESS, MORE, family_fill
from .importances import barh_of, family_legend
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, wrapped, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure


TOP = 12
#: Features in each panel of the summary.
TOP_EACH = 8
#: Colours of low and high values: dark and light, so that a grey print keeps them apart, but none as light as paper.
_LOW_TO_HIGH = "cividis"
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
    write_figure(waterfall_figure(explained, number, emotion, notice), path)


def waterfall_figure(explained: Any, number: int, emotion: str, notice: str | None = None) -> "Figure":
    """The picture of one clip: from the base at the bottom to the score at the top, and below it the families."""
    shap = explained.of_clip(number, emotion)
    shown = shap.head(TOP)
    pushes = list(shown["shap"])
    names = [f"{row.feature} = {_valued(row)}" for row in shown.itertuples()]
    if len(shap) > TOP:
        pushes.append(shap["shap"].iloc[TOP:].sum())
        names.append(f"{len(shap) - TOP} other features together")
    families = explained.by_family(number, emotion)

    at = explained.labels.index(emotion)
    base, output = explained.base[number, at], explained.output[number, at]
    decimals = _decimals(max(map(abs, pushes)))  # the same for all of them, which add up

    figure = new_figure(8.5, 2.9 + 0.28 * (len(names) + len(families)))
    top, below = figure.subplots(2, 1, height_ratios=[len(names) + 2, len(families) + 0.5])
    # From the base, at the bottom, the smallest push first, up to the score.
    starts = base + np.concatenate([[0], np.cumsum(pushes[::-1])[:-1]])
    _bars(top, names[::-1], pushes[::-1], starts, decimals)
    _ends(top, base, output, len(names), decimals)
    score = f"{explained.kind} of {emotion}"
    top.set_xlabel(score, fontsize=LABEL, parse_math=False)
    _bars(below, list(families.index)[::-1], list(families)[::-1], np.zeros(len(families)), decimals)
    below.axvline(0, color="black", linewidth=0.8)
    below.set_xlabel(f"what each family of features adds to the {score}", fontsize=LABEL, parse_math=False)
    figure.suptitle(_headline(explained, number, emotion), fontsize=TITLE, parse_math=False, ha="center")
    put_notes(
        figure,
        f"Dark bars raise the {explained.kind}, light hatched bars lower it. The base is what the model gives where it "
        "knows nothing of the clip. Shapley values of a fold that had not heard the speaker.",
        notice,
    )
    return figure


def _headline(explained: Any, number: int, emotion: str) -> str:
    clip = explained.clips.iloc[number]
    right = "rightly" if clip["predicted"] == clip["emotion"] else "wrongly"
    whose = f"{clip['file']} (speaker {clip['speaker']}, {clip['emotion']})"
    text = f"{whose}: predicted {right} as {clip['predicted']}; {explained.kind} of {emotion}"
    return wrapped(text, 8.0, TITLE)


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
    write_figure(explanations_figure(explained, title, notice), path)


def explanations_figure(explained: Any, title: str, notice: str | None = None) -> "Figure":
    """The picture of many clips: a panel of bars over all emotions, then a panel of swarms for each."""
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
    for at, (emotion, axes) in enumerate(zip(explained.labels, panels[1:n_panels], strict=True)):
        chosen = list(summary.sort_values(emotion, ascending=False, kind="stable")["feature"].head(TOP_EACH))[::-1]
        dots = _swarms(axes, explained, at, chosen)
        axes.set_title(f"{emotion}: contribution to its {explained.kind}", fontsize=LABEL, loc="left", parse_math=False)
    bar = figure.colorbar(dots, ax=list(panels), shrink=0.4, aspect=30, pad=0.01, ticks=[0, 1])
    bar.ax.set_yticklabels(["low", "high"], fontsize=NOTE)
    bar.set_label("value of the feature (rank)", fontsize=NOTE)
    figure.suptitle(wrapped(title, 11.0, TITLE), fontsize=TITLE, parse_math=False)
    crosses = " Crosses: the value is undefined." if np.isnan(explained.inputs).any() else ""
    put_notes(
        figure, f"Each dot is a clip: its Shapley value, by the fold that had not heard its speaker.{crosses}", notice
    )
    return figure


def _swarms(axes: "Axes", explained: Any, at: int, chosen: Sequence[str]) -> "PathCollection":
    """A swarm for each of some features, a dot a clip, dark where the value is low; the dots of the last one."""
    for y, name in enumerate(chosen):
        number = explained.features.index(name)
        shap, value = explained.values[:, number, at], explained.inputs[:, number]
        there = np.isfinite(value)
        up = y + _swarm(shap)
        axes.scatter(shap[~there], up[~there], s=8, marker="x", color="0.5", linewidths=0.6)
        coloured: dict[str, Any] = {"c": _ranks(value[there]), "cmap": _LOW_TO_HIGH, "vmin": 0, "vmax": 1}
        dots = axes.scatter(shap[there], up[there], s=5, linewidths=0, **coloured)
    axes.axvline(0, color="black", linewidth=0.8)
    _named(axes, chosen)
    return dots


def _bars(axes: "Axes", names: Sequence[str], pushes: Sequence[float], starts: np.ndarray, decimals: int) -> None:
    """Bars from their start by their push, the number at the tip."""
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
    """Lines at the base and at the score, each with its number where no bar is: below, and above."""
    for value, name, style, y in ((base, "base", "--", -1.0), (output, "score", "-", n_bars)):
        axes.axvline(value, color="black", linewidth=0.8, linestyle=style, zorder=0)
        ground = {"facecolor": "white", "linewidth": 0, "pad": 1}
        text = _with_minus(f"{name} {value:z.{decimals}f}")
        axes.text(value, y, text, fontsize=NOTE, ha="center", va="center", bbox=ground)
    axes.set_ylim(-1.6, n_bars + 0.6)


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
    """A value as a reader can use it: three digits that count, and the unit."""
    if np.isnan(row.value):
        return "undefined"
    if 0 < abs(row.value) < 1e-4 or abs(row.value) >= 1e7:
        number = f"{row.value:.2e}"
    else:
        number = f"{row.value:,.{_decimals(abs(row.value))}f}"
    return f"{_with_minus(number)} {'' if row.unit == 'ratio' else row.unit}".rstrip()


def _decimals(size: float) -> int:
    """Decimals that leave three significant digits of a number of this size."""
    return int(np.clip(2 - np.floor(np.log10(size)), 0, 6)) if size > 0 else 0


def _with_minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")
