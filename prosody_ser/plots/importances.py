"""Bar charts of the importance of features, clusters and families, and of the loss without a family."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from ..catalogue import all_features
from ..colours import FAMILY_FILLS, Fill, family_fill
from .style import LABEL, NOTE, TITLE, filled, new_figure, on_dark, put_notes, wrapped, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP = 20
SEVERAL, OTHER = "several families", "other"
#: Width of the title in inches, which the names of features leave above the bars.
_TITLE_IN = 4.5
#: Colour of the lines on the bars.
_LINE = "0.2"
#: Positions of a legend of families.
_Place = Literal["outside upper right", "outside right upper"]


def plot_importances(importances: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the most important features, clusters or families as horizontal bars.

    Parameters
    ----------
    importances : DataFrame
        From :func:`prosody_ser.importances`, or one of those from :func:`prosody_ser.importances_by`.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    title : str
    notice : str, optional
        Note to show below the picture, for synthetic data.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> ranking = ser.importances(table, ser.make_pipeline("lda"), folds=2, n_repeats=1)
    >>> ser.plot_importances(ranking, "importances.png", "chroma, lda")
    """
    write_figure(importances_figure(importances, title, notice), path)


def importances_figure(importances: pd.DataFrame, title: str, notice: str | None = None) -> "Figure":
    """Draw a ranking, the most important entry on top."""
    changes = (importances["importance"] != 0) | (importances["sd"] != 0)
    shown = (importances[changes] if changes.any() else importances).head(TOP).iloc[::-1]
    if "feature" in shown:
        names, families = list(shown["feature"]), list(shown["family"])
    elif "cluster" in shown:
        names = [_cluster_name(row) for row in shown.itertuples()]
        families = [_common(row) for row in shown["features"]]
    else:
        names, families = _family_names(shown), list(shown["family"])
    figure = new_figure(7.5, 1.4 + 0.26 * len(shown))
    axes = figure.add_subplot()
    bars = _bars(axes, names, families, shown["importance"], title)
    lines = axes.hlines(range(len(shown)), shown["importance"] - shown["sd"], shown["importance"] + shown["sd"])
    lines.set(color=_LINE, path_effects=on_dark())
    jointly = "" if "feature" in shown else " jointly"
    axes.set_xlabel(f"UAR lost when values are shuffled{jointly}", fontsize=LABEL)
    axes.margins(y=0.01)
    if "family" not in shown.columns[:2]:
        family_legend(figure, bars, families, "outside upper right")
    put_notes(
        figure, "Measured on held-out speakers. Lines: one standard deviation over shuffles in each direction.", notice
    )
    return figure


def plot_drop_family(losses: pd.DataFrame, path: str | os.PathLike, title: str, notice: str | None = None) -> None:
    """Draw the UAR lost without each family, with its interval over speakers if there is one.

    Parameters
    ----------
    losses : DataFrame
        From :func:`prosody_ser.learn.inspection.ablation.drop_family`.
    path, title, notice
        As for :func:`plot_importances`.

    Examples
    --------
    >>> losses = ser.drop_family(ser.load_emodb_features(), ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_drop_family(losses, "families.png", "prosody_v1, lda")
    """
    write_figure(drop_family_figure(losses, title, notice), path)


def drop_family_figure(losses: pd.DataFrame, title: str, notice: str | None = None) -> "Figure":
    """Draw the loss without each family, in the order of the table."""
    shown = losses.iloc[::-1]
    figure = new_figure(7.5, 1.5 + 0.3 * len(shown))
    axes = figure.add_subplot()
    _bars(axes, _family_names(shown), list(shown["family"]), shown["uar_lost"], title)
    axes.hlines(range(len(shown)), shown["low"], shown["high"], color=_LINE, path_effects=on_dark())
    axes.set_xlabel("UAR lost when the model is fitted without the family", fontsize=LABEL)
    interval = " Lines: 95 % interval over speakers." if shown["low"].notna().any() else ""
    put_notes(figure, f"Measured on held-out speakers.{interval}", notice)
    return figure


def family_legend(figure: "Figure", bars: Any, families: list[str], place: _Place) -> None:
    """Draw a legend of the fills of the families, outside the panels, where it hides no bar."""
    families = [name if name in FAMILY_FILLS or name == SEVERAL else OTHER for name in families]
    seen = [name for name in (*FAMILY_FILLS, SEVERAL, OTHER) if name in families]
    if seen:
        handles = [bars[families.index(name)] for name in seen]
        columns = len(seen) if place == "outside upper right" else 1
        figure.legend(handles, seen, fontsize=NOTE, frameon=False, loc=place, ncols=columns)


def barh_of(axes: "Axes", fills: Sequence[Fill], lengths: Sequence[float], **more: Any) -> Any:
    """Draw horizontal bars, the first at the bottom, each with its own fill."""
    bars = axes.barh(range(len(fills)), lengths, **more)
    for bar, fill in zip(bars, fills, strict=True):
        bar.set(**filled(fill))
    return bars


def _bars(axes: "Axes", names: list[str], families: list[str], lost: pd.Series, title: str) -> Any:
    """Draw one bar for each name, filled by family."""
    bars = barh_of(axes, list(map(family_fill, families)), list(lost))
    axes.set_yticks(range(len(names)), names, fontsize=LABEL, parse_math=False)  # names may contain $
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_title(wrapped(title, _TITLE_IN, TITLE), fontsize=TITLE, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    return bars


def _family_names(shown: pd.DataFrame) -> list[str]:
    return [f"{row.family} ({row.n_features})" for row in shown.itertuples()]


def _common(features: Iterable[str]) -> str:
    known = {all_features()[name].family for name in features if name in all_features()}
    return SEVERAL if len(known) > 1 else next(iter(known), "")


def _cluster_name(row: Any) -> str:
    more = len(row.features) - 1
    return f"{row.cluster} + {more}" if more else row.cluster
