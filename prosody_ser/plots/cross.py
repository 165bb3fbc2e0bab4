"""A cross-corpus evaluation as a heat map of UAR by training and test corpus."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..results import CrossResult
from .style import LABEL, NOTE, ink_at, new_figure, put_notes, put_title, shortened, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Sizes in inches: of a cell, of the margins around the cells, and least width, which the title needs.
_CELL_IN, _AROUND_IN, _LEAST_IN = (1.35, 0.75), (2.4, 2.2), 5.6
_LONGEST_NAME = 18
_COLOURS = "Blues"


def plot_cross(result: CrossResult | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw UAR by training and test corpus.

    Parameters
    ----------
    result : CrossResult, dict or path_like
        As it is, its data (``CrossResult.data``), or the path of its JSON file.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read or is of another kind, or the picture cannot be written or its suffix is not one
        of these.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
    >>> cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_cross(cross, "cross.png")
    """
    write_figure(cross_figure(CrossResult.of(result).data), path)


def cross_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw one cell for each pair of training and test corpus, coloured from chance to 1, with intervals."""
    from matplotlib.patches import Rectangle

    names = list(data["corpora"])
    cells = {(cell["train"], cell["test"]): cell for cell in data["cells"]}
    uar = np.array([[cells[train, test]["uar"] for test in names] for train in names])
    width_in = max(_LEAST_IN, _CELL_IN[0] * len(names) + _AROUND_IN[0])
    figure = new_figure(width_in, _CELL_IN[1] * len(names) + _AROUND_IN[1])
    axes = figure.add_subplot()
    image = axes.imshow(uar, cmap=_COLOURS, vmin=data["chance"], vmax=1, aspect="auto")
    for row, train in enumerate(names):
        for column, test in enumerate(names):
            _write_in(axes, row, column, cells[train, test], data["chance"])
    for i in range(len(names)):
        axes.add_patch(Rectangle((i - 0.48, i - 0.47), 0.96, 0.94, fill=False, edgecolor="black", linewidth=1.4))
    short = [shortened(name, _LONGEST_NAME) for name in names]
    axes.set_yticks(range(len(names)), short, fontsize=NOTE, parse_math=False)
    axes.set_xticks(range(len(names)), short, fontsize=NOTE, parse_math=False)
    axes.set_ylabel("trained on", fontsize=LABEL)
    axes.set_xlabel("tested on", fontsize=LABEL)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.03)
    bar.set_label("UAR, from chance to 1", fontsize=NOTE)
    bar.ax.tick_params(labelsize=NOTE)
    bar.outline.set_visible(False)  # type: ignore[operator]
    put_title(figure, f"Cross-corpus UAR, {data['steps'][-1]['estimator']}, {data['track']}")
    put_notes(figure, *_notes(data))
    return figure


def _write_in(axes: "Axes", row: int, column: int, cell: dict[str, Any], chance: float) -> None:
    ink = ink_at(_COLOURS, (cell["uar"] - chance) / (1 - chance))
    centred: dict[str, Any] = {"ha": "center", "color": ink}
    axes.text(column, row - 0.08, f"{cell['uar']:.2f}", va="center", fontsize=LABEL + 2, weight="bold", **centred)
    if cell["intervals"] is not None:
        low, high = cell["intervals"]["uar"]
        axes.text(column, row + 0.22, f"{low:.2f} to {high:.2f}", va="center", fontsize=NOTE, **centred)


def _notes(data: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{len(data['labels'])} common emotions: {', '.join(data['labels'])}; chance {data['chance']:.2f}. "
        "Framed: cross-validated within the corpus, on held-out speakers."
    )
    if any(cell["intervals"] for cell in data["cells"]):
        yield "Small numbers: 95 % interval over test speakers, if there are at least two."
    else:
        yield "There are no intervals, since each corpus has only one test speaker."
    yield data["notice"]
