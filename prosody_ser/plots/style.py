"""What every picture of the package has in common: its formats, its sizes of type, how notices stand in it.

Figures are made without pyplot: no state is left behind, no window opened.
"""

import os
import textwrap
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..atomic_write import whole_file
from ..colours import Fill, ink_on, mixed
from ..errors import ProsodySerError
from ..terminal_view import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

SUFFIXES = (".png", ".svg", ".pdf")
DPI = 150
#: Sizes of type in points.
TITLE, LABEL, NOTE = 10, 9, 8
#: Marker and filling of each track, told apart without colour.
MARKS = (("o", "black"), ("D", "white"), ("s", "0.6"))
#: Inches that a letter of a note takes across, and the sample of a line beside a name in a legend.
LETTER_IN, _SAMPLE_IN = 0.075, 0.55
#: Letters of one point that fit in an inch: wrapped so, text stays inside the picture.
_LETTERS_PER_INCH = 125


def check_picture_suffix(path: str | os.PathLike, what: str = "picture") -> None:
    """Refuse a path whose suffix is no picture's (``.png``, ``.svg``, ``.pdf``)."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise ProsodySerError(f"{path}: a {what} ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")


def new_figure(width_in: float, height_in: float) -> "Figure":
    """An empty figure that lays itself out, of a size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


def wrapped(text: str, width_in: float, size: float) -> str:
    """Text of a size in points broken into lines that fit into a width in inches."""
    return textwrap.fill(text, int(width_in * _LETTERS_PER_INCH / size))


def shortened(name: str, most: int) -> str:
    """A name of at most so many letters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def filled(fill: Fill) -> dict[str, Any]:
    """What matplotlib must be told so that an area has a fill; its edge is seen on paper and on its neighbour."""
    line = mixed(fill.colour, ink_on(fill.colour), 0.45)
    return {"facecolor": fill.colour, "edgecolor": line, "hatch": fill.hatch, "linewidth": 0.5}


def ink_at(colours: str, share: float) -> str:
    """White or black, whichever can be read on a cell at a share of one of matplotlib's scales of colour."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return ink_on(to_hex(colormaps[colours](share)))


def put_title(figure: "Figure", text: str, taken_in: float = 1.5) -> None:
    """Put a title above the first panel, in as many lines as it needs; `taken_in` inches of the width are not its."""
    title = wrapped(text, figure.get_figwidth() - taken_in, TITLE)
    figure.axes[0].set_title(title, fontsize=TITLE, loc="left", parse_math=False)


def put_legend(figure: "Figure", axes: "Axes") -> None:
    """Put the legend of a panel above the picture, where it hides nothing."""
    handles, names = axes.get_legend_handles_labels()
    wide_in = [_SAMPLE_IN + LETTER_IN * len(name) for name in names]
    columns = len(names) if sum(wide_in) <= figure.get_figwidth() else int(figure.get_figwidth() // max(wide_in))
    figure.legend(handles, names, loc="outside upper right", ncols=max(columns, 1), fontsize=NOTE, frameon=False)


def put_notes(figure: "Figure", *notes: str | None) -> None:
    """Put remarks under a picture, each wrapped to its width; those that are None or empty are left out."""
    text = "\n".join(wrapped(note, figure.get_figwidth(), NOTE) for note in notes if note)
    if text:
        figure.supxlabel(text, fontsize=NOTE, parse_math=False)


def write_figure(figure: "Figure", path: str | os.PathLike) -> None:
    """Write a figure whole or not at all; the suffix says the format.

    Control characters in names are drawn as escapes: no font has them.
    """
    check_picture_suffix(path)
    _without_controls(figure)
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=DPI)


def png_bytes(figure: "Figure", dpi: int = DPI) -> bytes:
    """A figure as the bytes of a PNG, for a page; as :func:`write_figure` otherwise."""
    _without_controls(figure)
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=dpi)
    return drawn.getvalue()


def _without_controls(figure: "Figure") -> None:
    for text in _texts(figure):
        shown = "\n".join(map(one_line, text.get_text().split("\n")))
        if shown != text.get_text():
            text.set_text(shown)


def _texts(figure: "Figure") -> "list[Text]":
    from matplotlib.text import Text

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of ticks that are asked for before they have their place
        return figure.findobj(Text)
