"""Heatmap of emotions by features: how each emotion changes each feature, compared with neutral, within speakers."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..colours import FAMILY_FILLS, family_fill
from .style import (
    LABEL,
    NOTE,
    TITLE,
    filled,
    ink_at,
    named_legend,
    new_figure,
    put_notes,
    shortened,
    wrapped,
    write_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

#: Default of the largest number of rows, which fits a page.
TOP = 60
#: Corrected p below which a cell is marked.
ALPHA = 0.05
_COLOURS, _LIMIT = "RdBu_r", 3.0
_ROW_IN, _COLUMN_IN = 0.17, 0.72
#: Least height in inches, which the description of the colours needs.
_LEAST_IN = 4.2
#: Left and right border of the strip that shows families, in columns from the middle of the first.
_STRIP = (-0.82, -0.6)


def plot_profile(
    effects: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None, top: int = TOP
) -> None:
    """Draw effects as numbers on colours, with features in rows and emotions in columns; significant ones are bold.

    Parameters
    ----------
    effects : DataFrame
        From :func:`prosody_ser.profile`.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    title : str
    notice : str, optional
        Note to show below the picture, for synthetic data.
    top : int
        Largest number of features to show; those with the largest absolute effects.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> ser.plot_profile(ser.profile(ser.load_emodb_features("chroma")), "profile.png", "EMO-DB")
    """
    write_figure(profile_figure(effects, title, notice, top), path)


def profile_figure(effects: pd.DataFrame, title: str, notice: str | None = None, top: int = TOP) -> "Figure":
    """Draw one cell for each feature and emotion, with a strip at the left that shows the families of the features."""
    order = rows_shown(effects, top)
    emotions = sorted(effects["emotion"].unique())
    values, p = (
        effects.pivot_table(index="feature", columns="emotion", values=name, dropna=False)
        .reindex(index=order, columns=emotions)
        .to_numpy(dtype=float)
        for name in ("effect", "p_corrected")
    )
    family = list(effects.drop_duplicates("feature").set_index("feature")["family"].reindex(order))
    n_rows, n_columns = values.shape
    width = 4.8 + _COLUMN_IN * n_columns
    figure = new_figure(width, max(_LEAST_IN, 2.1 + _ROW_IN * n_rows))
    axes = figure.add_subplot()
    image = _cells(axes, values, p < ALPHA)
    _families(axes, family)
    slanted: dict[str, Any] = {"rotation": 35, "ha": "left", "rotation_mode": "anchor"}
    axes.set_xticks(range(n_columns), map(shortened, emotions), fontsize=LABEL, parse_math=False, **slanted)
    axes.xaxis.tick_top()
    axes.set_yticks(range(n_rows), order, fontsize=NOTE, parse_math=False)
    axes.tick_params(length=0)
    axes.set_xlim(_STRIP[0], n_columns - 0.5)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, extend="both", shrink=min(1.0, 12 / n_rows), aspect=18, pad=0.02)
    bar.set_label(
        f"Hedges' g within speaker, against {shortened(effects.attrs['reference'])}", fontsize=NOTE, parse_math=False
    )
    bar.ax.tick_params(labelsize=NOTE)
    figure.suptitle(wrapped(title, width, TITLE), fontsize=TITLE, parse_math=False)
    n_compared = effects.loc[effects["effect"].notna(), "feature"].nunique()
    put_notes(figure, *_notes(n_compared, n_rows, bool(np.isnan(values).any())), notice)
    return figure


def _cells(axes: "Axes", effects: np.ndarray, significant: np.ndarray) -> "AxesImage":
    """Draw the effects as numbers on colours, bold and starred if significant; undefined cells are grey."""
    from matplotlib import colormaps

    colours = colormaps[_COLOURS].with_extremes(bad="#dddddd")
    shown = np.ma.masked_invalid(effects)
    image = axes.imshow(shown, cmap=colours, vmin=-_LIMIT, vmax=_LIMIT, aspect="auto", interpolation="nearest")
    for row, column in np.argwhere(np.isfinite(effects)):
        effect, marked = effects[row, column], significant[row, column]
        text = f"{effect:+z.1f}{'*' if marked else ''}".replace("-", "\N{MINUS SIGN}")
        ink = ink_at(_COLOURS, (effect + _LIMIT) / (2 * _LIMIT))
        weight = "bold" if marked else "normal"
        axes.text(column, row, text, ha="center", va="center", fontsize=NOTE, color=ink, weight=weight)
    return image


def _families(axes: "Axes", family: list[str]) -> None:
    """Draw a strip with the family of each feature, lines between the families, and a legend below."""
    from matplotlib.patches import Rectangle

    left, right = _STRIP
    handles: dict[str, Rectangle] = {}
    for row, name in enumerate(family):
        if name:
            box = Rectangle((left, row - 0.5), right - left, 1, **filled(family_fill(name)))
            axes.add_patch(box)
            handles[name] = box
        if row and name != family[row - 1]:
            axes.axhline(row - 0.5, color="black", linewidth=0.8)
    if handles:
        below: dict[str, Any] = {"loc": "upper right", "bbox_to_anchor": (1, 0), "columnspacing": 1.2}
        named_legend(axes, list(handles.values()), list(handles), ncols=3, **below)


def _notes(n_compared: int, n_shown: int, lacks: bool) -> Iterator[str]:
    if n_shown < n_compared:
        yield f"Shown are {n_shown} of {n_compared} compared features, those with the largest effects in each emotion."
    yield f"Bold with *: corrected p < {ALPHA:g}."
    if lacks:
        yield "Grey cells: too few speakers."


def rows_shown(effects: pd.DataFrame, top: int) -> list[str]:
    """Choose the features to show: in turn, the one with the largest absolute effect in each emotion; by family."""
    effect = effects["effect"].abs().fillna(-1)
    rank = effect.groupby(effects["emotion"]).rank(ascending=False, method="first")
    best = pd.DataFrame({"feature": effects["feature"], "rank": rank, "effect": effect})
    chosen = best.sort_values(["rank", "effect"], ascending=[True, False], kind="stable")["feature"].drop_duplicates()
    family = effects.drop_duplicates("feature").set_index("feature")["family"].reindex(chosen.head(top))
    ranks = {name: rank for rank, name in enumerate(FAMILY_FILLS)}
    return list(family.map(lambda name: ranks.get(name, len(ranks))).sort_values(kind="stable").index)
