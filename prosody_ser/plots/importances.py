"""Bar chart of feature importances."""

import os

import pandas as pd

from .style import NOTE, TITLE, new_figure, put_notes, write_figure

TOP = 20
#: One colour a family in every picture, told apart by colour-blind readers too (Okabe & Ito 2008).
FAMILY_COLOURS = {
    "pitch": "#0072B2",
    "intensity": "#D55E00",
    "formants": "#009E73",
    "voice quality": "#CC79A7",
    "timing": "#F0E442",
    "spectrum": "#56B4E9",
}


def plot_importances(found: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the most important features as horizontal bars.

    Parameters
    ----------
    found : DataFrame
        From :func:`prosody_ser.importances`.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.
    title : str
    notice : str, optional
        Stands under the chart (synthetic data).

    Raises
    ------
    ProsodySerError
        If the file cannot be written or the suffix is no picture's.
    """
    shown = found.head(TOP).iloc[::-1]
    figure = new_figure(7.5, 1.4 + 0.26 * len(shown))
    axes = figure.add_subplot()
    colours = [FAMILY_COLOURS.get(family, "#999999") for family in shown["family"]]
    bars = axes.barh(shown["feature"], shown["importance"], xerr=shown["sd"], color=colours, ecolor="#555555")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel("UAR lost when shuffled (held-out speakers; bar: sd over shuffles)")
    axes.set_title(title, fontsize=TITLE, parse_math=False)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)  # names may hold a $
    axes.margins(y=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    seen = [family for family in FAMILY_COLOURS if (shown["family"] == family).any()]
    if seen:
        handles = [bars[list(shown["family"]).index(family)] for family in seen]
        axes.legend(handles, seen, fontsize=NOTE, frameon=False, loc="lower right")
    put_notes(figure, notice)
    write_figure(figure, path)
