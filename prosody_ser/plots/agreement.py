"""Bland-Altman plots of two measurements of the same clips: their difference against their mean, in the unit.

References
----------
Bland, J. M. & Altman, D. G. (1986). Statistical methods for assessing agreement between two methods of clinical
    measurement. Lancet 327(8476), 307-310.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..catalogue import all_features
from ..errors import chosen, counted
from ..tables.feature_table import FeatureTable
from .style import LABEL, NOTE, new_figure, put_notes, put_title, write_figure

#: Share of the differences between the limits of agreement.
SHARE = 0.95
_COLUMNS = 3


def plot_agreement(
    first: FeatureTable,
    second: FeatureTable,
    features: Sequence[str],
    path: str | os.PathLike,
    names: tuple[str, str],
    notice: str | None = None,
) -> None:
    """Draw the agreement of two tables of the same clips.

    Parameters
    ----------
    first, second : FeatureTable
        With the same clips in the same order.
    features : sequence of str
        Features to draw, each in a panel of its own.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    names : tuple of str
        Names of the tables.
    notice : str, optional
        Note to show below the picture, for synthetic data.

    Raises
    ------
    ProtocolError
        If the tables have no such feature.
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.
    """
    for name in features:
        chosen("feature", name, first.feature_names)
    n_rows = -(-len(features) // _COLUMNS)
    n_columns = min(_COLUMNS, len(features))
    figure = new_figure(3.6 * n_columns, 2.9 * n_rows + 0.6)
    panels = figure.subplots(n_rows, n_columns, squeeze=False)
    known = all_features()
    for axes, name in zip(panels.flat, features, strict=False):
        a, b = (table.frame[name].to_numpy(dtype=float) for table in (first, second))
        both = np.isfinite(a) & np.isfinite(b)
        difference = (b - a)[both]
        axes.plot((a + b)[both] / 2, difference, "k.", markersize=4, alpha=0.5, markeredgewidth=0)
        axes.axhline(0, color="0.6", linewidth=0.8)
        if difference.size:
            low, middle, high = np.quantile(difference, ((1 - SHARE) / 2, 0.5, (1 + SHARE) / 2))
            for height, style in ((low, ":"), (middle, "--"), (high, ":")):
                axes.axhline(height, color="black", linestyle=style, linewidth=1)
        else:
            in_panel: dict[str, Any] = {"transform": axes.transAxes, "ha": "center"}
            axes.text(0.5, 0.6, "no clip has both values", fontsize=NOTE, **in_panel)
        unit = f" ({known[name].unit})" if name in known else ""
        axes.set_xlabel(f"{name}\nmean of both{unit}", fontsize=NOTE, parse_math=False)
        axes.set_ylabel(f"difference{unit}", fontsize=LABEL)
        axes.tick_params(labelsize=NOTE)
        axes.ticklabel_format(axis="y", style="sci", scilimits=(-3, 4))
        axes.yaxis.get_offset_text().set_fontsize(NOTE)
    for axes in panels.flat[len(features) :]:
        axes.remove()
    put_title(figure, f"{names[1]} minus {names[0]}, {counted(len(first), 'clip')}", taken_in=0.5)
    put_notes(
        figure,
        f"Each dot is a clip. Dashed: median difference; dotted: limits between which {100 * SHARE:g} % of them lie.",
        notice,
    )
    write_figure(figure, path)
