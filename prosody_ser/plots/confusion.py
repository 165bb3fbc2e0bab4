"""The confusion matrix of a result as a picture for a paper: counts, row shares, in grey."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .scores import headline
from .style import LABEL, NOTE, new_figure, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A cell darker than this share has white type on it.
_DARK_FROM = 0.55
_CELL_IN, _LETTER_IN = 0.62, 0.075
#: From so many emotions on, or with longer names, they stand upright.
_UPRIGHT_FROM, _LETTERS_ACROSS = 11, 10


def plot_confusion(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw which emotion is taken for which.

    Parameters
    ----------
    data : dict
        The content of a result.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.plot_confusion(result.data, "confusion.png")
    """
    write_figure(confusion_figure(data), path)


def confusion_figure(data: Mapping[str, Any]) -> "Figure":
    """The picture, with one pair of axes: rows are true, columns predicted emotions."""
    labels, counts = data["confusion"]["labels"], data["confusion"]["counts"]
    longest = max(len(label) for label in labels)
    upright = len(labels) >= _UPRIGHT_FROM or longest > _LETTERS_ACROSS
    side_in = max(3.4, _CELL_IN * len(labels))
    names_in = 0.5 + _LETTER_IN * longest
    figure = new_figure(side_in + names_in + 0.3, side_in + 1.4 + (names_in if upright else 0))
    axes = figure.add_subplot()
    shares = [[n / sum(row) if sum(row) else 0.0 for n in row] for row in counts]
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            colour = "white" if shares[i][j] >= _DARK_FROM else "black"
            text = f"{count}\n{100 * shares[i][j]:.0f} %" if sum(row) else "0"
            axes.text(j, i, text, ha="center", va="center", fontsize=NOTE, color=colour)
    places = range(len(labels))
    axes.set_xticks(places, labels, fontsize=NOTE, rotation=90 if upright else 0, parse_math=False)
    axes.set_yticks(places, labels, fontsize=NOTE, parse_math=False)
    axes.set_xlabel("predicted", fontsize=LABEL)
    axes.set_ylabel("true", fontsize=LABEL)
    axes.tick_params(length=0)
    axes.spines[:].set_color("0.6")
    put_title(figure, headline(data), taken_in=names_in + 0.4)
    put_notes(figure, "Held-out predictions, and their share of the row.", data["notice"])
    return figure
