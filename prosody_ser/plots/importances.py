"""Bar charts of importances: of features, of clusters, of families, and of the loss without a family."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..catalogue import all_features
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, wrapped, write_figure

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
OTHER_COLOUR = "#999999"
SEVERAL = "several families"


def plot_importances(found: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the most important features, clusters or families as horizontal bars.

    Parameters
    ----------
    found : DataFrame
        From :func:`prosody_ser.importances`, or one of those from :func:`prosody_ser.importances_by`.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.
    title : str
    notice : str, optional
        Stands under the chart (synthetic data).

    Raises
    ------
    ProsodySerError
        If the file cannot be written or the suffix is no picture's.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> ranking = ser.importances(table, ser.make_pipeline("lda"), folds=2, n_repeats=1)
    >>> ser.plot_importances(ranking, "importances.png", "chroma, lda")
    """
    shown = found.head(TOP).iloc[::-1]
    figure = new_figure(7.5, 1.4 + 0.26 * len(shown))
    axes = figure.add_subplot()
    if "feature" in shown:
        names, family = list(shown["feature"]), list(shown["family"])
    elif "cluster" in shown:
        names, family = [_cluster_name(row) for row in shown.itertuples()], [_common(row) for row in shown["features"]]
    else:
        names, family = [f"{row.family} ({row.n_features})" for row in shown.itertuples()], list(shown["family"])
    at = np.arange(len(shown))
    colours = [FAMILY_COLOURS.get(name, OTHER_COLOUR) for name in family]
    bars = axes.barh(at, shown["importance"], xerr=shown["sd"], color=colours, ecolor="#555555")
    axes.set_yticks(at, names)
    axes.axvline(0, color="black", linewidth=0.8)
    jointly = "" if "feature" in shown else " jointly"
    axes.set_xlabel(f"UAR lost when shuffled{jointly} (held-out speakers; bar: sd over shuffles)", fontsize=LABEL)
    axes.set_title(wrapped(title, 7.0, TITLE), fontsize=TITLE, parse_math=False)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)  # names may hold a $
    axes.margins(y=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    seen = [name for name in (*FAMILY_COLOURS, SEVERAL) if name in family]
    if seen and "family" not in shown.columns[:2]:
        handles = [bars[family.index(name)] for name in seen]
        axes.legend(handles, seen, fontsize=NOTE, frameon=False, loc="lower right")
    put_notes(figure, notice)
    write_figure(figure, path)


def plot_drop_family(found: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the UAR lost without each family, with its interval over speakers where there is one.

    Parameters
    ----------
    found : DataFrame
        From :func:`prosody_ser.learn.inspection.ablation.drop_family`.
    path, title, notice
        As for :func:`plot_importances`.

    Examples
    --------
    >>> found = ser.drop_family(ser.load_emodb_features(), ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_drop_family(found, "families.png", "prosody_v1, lda")
    """
    shown = found.iloc[::-1]
    figure = new_figure(7.5, 1.5 + 0.3 * len(shown))
    axes = figure.add_subplot()
    at = np.arange(len(shown))
    colours = [FAMILY_COLOURS.get(name, OTHER_COLOUR) for name in shown["family"]]
    axes.barh(at, shown["uar_lost"], color=colours)
    axes.hlines(at, shown["low"], shown["high"], color="#555555")
    axes.set_yticks(at, [f"{row.family} ({row.n_features})" for row in shown.itertuples()])
    axes.axvline(0, color="black", linewidth=0.8)
    interval = "; line: 95 % interval over speakers" if shown["low"].notna().any() else ""
    axes.set_xlabel(f"UAR lost when fitted without (held-out speakers{interval})")
    axes.set_title(wrapped(title, 7.0, TITLE), fontsize=TITLE, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    put_notes(figure, notice)
    write_figure(figure, path)


def _common(features: Iterable[str]) -> str:
    known = {all_features()[name].family for name in features if name in all_features()}
    return SEVERAL if len(known) > 1 else next(iter(known), "")


def _cluster_name(row: Any) -> str:
    more = len(row.features) - 1
    return f"{row.cluster} + {more}" if more else row.cluster
