"""Heatmap of emotions by features: how each emotion moves each feature against neutral, within speakers."""

import os
from typing import Any

import numpy as np
import pandas as pd

from .importances import FAMILY_COLOURS, family_colour
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, wrapped, write_figure

#: Rows that are shown at most, unless asked otherwise: what fits a page.
TOP = 60
#: Corrected p below which a cell is marked.
ALPHA = 0.05
_LIMIT = 3.0
_ROW_IN, _COLUMN_IN = 0.17, 0.72


def plot_profile(
    found: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None, top: int = TOP
) -> None:
    """Draw effects as colours: features down, by family, emotions across; significant cells have a dot.

    Parameters
    ----------
    found : DataFrame
        From :func:`prosody_ser.profile`.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.
    title : str
    notice : str, optional
        Stands under the chart (synthetic data).
    top : int
        Features to show: those with the largest absolute effect in any emotion.

    Raises
    ------
    ProsodySerError
        If the file cannot be written or the suffix is no picture's.

    Examples
    --------
    >>> ser.plot_profile(ser.profile(ser.load_emodb_features("chroma")), "profile.png", "EMO-DB")
    """
    effects = found.pivot_table(index="feature", columns="emotion", values="effect", sort=True, dropna=False)
    effects = effects.reindex(columns=sorted(found["emotion"].unique()))
    order = rows_shown(found, top)
    effects = effects.reindex(order)
    p = found.pivot_table(index="feature", columns="emotion", values="p_corrected", dropna=False)
    marked = p.reindex(index=order, columns=effects.columns).to_numpy(dtype=float) < ALPHA
    family = found.drop_duplicates("feature").set_index("feature")["family"].reindex(order)
    n_rows, n_columns = effects.shape

    width = 4.6 + _COLUMN_IN * n_columns
    figure = new_figure(width, 1.9 + _ROW_IN * n_rows)
    axes = figure.add_subplot()
    values = np.ma.masked_invalid(effects.to_numpy(dtype=float))
    image = axes.imshow(values, cmap="RdBu_r", vmin=-_LIMIT, vmax=_LIMIT, aspect="auto", interpolation="nearest")
    axes.set_facecolor("#dddddd")
    y, x = np.nonzero(marked)
    dark = np.abs(values[y, x]) > 0.75 * _LIMIT
    axes.scatter(x, y, s=9, c=np.where(dark, "white", "black"), linewidths=0)
    slanted: dict[str, Any] = {"rotation": 35, "ha": "left", "rotation_mode": "anchor"}
    axes.set_xticks(range(n_columns), effects.columns, fontsize=LABEL, parse_math=False, **slanted)
    axes.xaxis.tick_top()
    axes.set_yticks(range(n_rows), order, fontsize=NOTE, parse_math=False)
    axes.tick_params(length=0)
    for label, name in zip(axes.get_yticklabels(), family, strict=True):
        label.set_bbox({"facecolor": family_colour(name), "alpha": 0.35, "linewidth": 0, "pad": 0.8})
    for at in np.flatnonzero(family.to_numpy()[1:] != family.to_numpy()[:-1]):
        axes.axhline(at + 0.5, color="black", linewidth=0.8)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, extend="both", shrink=min(1.0, 12 / n_rows), aspect=18, pad=0.02)
    bar.set_label(f"Hedges' g within speaker, against {found.attrs['reference']}", fontsize=NOTE)
    bar.ax.tick_params(labelsize=NOTE)
    if named := [name for name in dict.fromkeys(family) if name]:
        handles = [axes.scatter([], [], marker="s", color=family_colour(name), alpha=0.6) for name in named]
        columns = 3 if n_columns < 5 else 6
        axes.legend(
            handles, named, fontsize=NOTE, frameon=False, loc="upper right", bbox_to_anchor=(1, 0), ncols=columns,
            handletextpad=0.1, columnspacing=1.0,
        )  # fmt: skip
    figure.suptitle(wrapped(title, width, TITLE), fontsize=TITLE, parse_math=False)
    left_out = found["feature"].nunique() - n_rows
    shown = (
        f"{n_rows} of {n_rows + left_out} features: those with the largest effects of each emotion. "
        if left_out
        else ""
    )
    grey = " Grey: too few speakers." if values.mask.any() else ""
    put_notes(figure, f"{shown}Dot: corrected p < {ALPHA:g}.{grey}", notice)
    write_figure(figure, path)


def rows_shown(found: pd.DataFrame, top: int) -> list[str]:
    """The features to show, by family: of each emotion in turn the one with the largest absolute effect."""
    effect = found["effect"].abs().fillna(-1)
    place = effect.groupby(found["emotion"]).rank(ascending=False, method="first")
    best = pd.DataFrame({"feature": found["feature"], "place": place, "effect": effect})
    chosen = best.sort_values(["place", "effect"], ascending=[True, False], kind="stable")["feature"].drop_duplicates()
    family = found.drop_duplicates("feature").set_index("feature")["family"].reindex(chosen.head(top))
    ranks = {name: rank for rank, name in enumerate(FAMILY_COLOURS)}
    return list(family.map(lambda name: ranks.get(name, len(ranks))).sort_values(kind="stable").index)
