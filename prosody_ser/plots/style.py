"""Common style of all pictures: formats, font sizes, titles and notes.

Figures are made without pyplot, so that no state is left and no window opens.
"""

import os
import textwrap
import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..atomic_write import check_suffix, whole_file
from ..colours import Fill, ink_on, mixed
from ..terminal_view import one_line

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

SUFFIXES = (".png", ".svg", ".pdf")
DPI = 150
#: Font sizes in points.
TITLE, LABEL, NOTE = 10, 9, 8
#: Marker and its filling for each track.
MARKS = (("o", "black"), ("D", "white"), ("s", "0.6"))
#: Largest number of letters of an emotion in a picture.
LONGEST_NAME = 24
#: Width in inches of a letter of a note, and of a line sample in a legend.
LETTER_IN, _SAMPLE_IN = 0.075, 0.55
#: Number of letters per inch at a font size of one point, for breaking lines.
_LETTERS_PER_INCH = 125


def check_picture_suffix(path: str | os.PathLike, what: str = "a picture") -> None:
    """Refuse a path whose suffix is not that of a picture (``.png``, ``.svg``, ``.pdf``)."""
    check_suffix(path, what, *SUFFIXES)


def new_figure(width_in: float, height_in: float) -> "Figure":
    """Make an empty figure of a size in inches, with automatic layout."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_in, height_in), layout="constrained")


def wrapped(text: str, width_in: float, size: float) -> str:
    """Break text into lines that fit a width in inches, at a font size in points."""
    return textwrap.fill(text, int(width_in * _LETTERS_PER_INCH / size))


def shortened(name: str, most: int = LONGEST_NAME) -> str:
    """Write a name in one line, and shorten it to at most `most` letters."""
    name = one_line(name)
    return name if len(name) <= most else f"{name[: most - 1]}…"


def filled(fill: Fill) -> dict[str, Any]:
    """Give matplotlib's settings for an area with this fill; its edge is visible on white and next to other areas."""
    line = mixed(fill.colour, ink_on(fill.colour), 0.45)
    return {"facecolor": fill.colour, "edgecolor": line, "hatch": fill.hatch, "linewidth": 0.5}


def on_dark() -> list[Any]:
    """Give matplotlib's effect that keeps a dark line visible on dark areas: a white line below it."""
    from matplotlib.patheffects import Normal, Stroke

    return [Stroke(linewidth=3, foreground="white"), Normal()]


def ink_at(colours: str, share: float) -> str:
    """Choose white or black text for a cell with the colour at `share` of one of matplotlib's colour maps."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return ink_on(to_hex(colormaps[colours](share)))


def put_title(figure: "Figure", text: str, taken_in: float = 1.5) -> None:
    """Put a title above the first panel, broken into lines; it may use all but `taken_in` inches of the width."""
    title = wrapped(text, figure.get_figwidth() - taken_in, TITLE)
    figure.axes[0].set_title(title, fontsize=TITLE, loc="left", parse_math=False)


def put_legend(figure: "Figure", axes: "Axes") -> None:
    """Put the legend of a panel above all panels, where it hides nothing."""
    handles, names = axes.get_legend_handles_labels()
    widths_in = [_SAMPLE_IN + LETTER_IN * len(name) for name in names]
    columns = len(names) if sum(widths_in) <= figure.get_figwidth() else int(figure.get_figwidth() // max(widths_in))
    figure.legend(handles, names, loc="outside upper right", ncols=max(columns, 1), fontsize=NOTE, frameon=False)


def named_legend(where: "Axes | Figure", handles: "Sequence[Artist]", names: Sequence[str], **how: Any) -> None:
    """Draw a legend with exactly these names, where matplotlib would omit ``_calm`` and read ``$x$`` as a formula."""
    legend = where.legend(handles, ["name"] * len(names), fontsize=NOTE, frameon=False, **how)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name)
        text.set_parse_math(False)


def put_notes(figure: "Figure", *notes: str | None) -> None:
    """Put notes below a picture, wrapped to its width; notes that are None or empty are left out."""
    text = "\n".join(wrapped(note, figure.get_figwidth(), NOTE) for note in notes if note)
    if text:
        figure.supxlabel(text, fontsize=NOTE, parse_math=False)


def write_figure(figure: "Figure", path: str | os.PathLike) -> None:
    """Write a figure completely or not at all, in the format of the suffix.

    Control characters in names are drawn as escapes, because fonts lack them.
    """
    check_picture_suffix(path)
    _without_controls(figure)
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=DPI)


def png_bytes(figure: "Figure", dpi: int = DPI) -> bytes:
    """Give a figure as the bytes of a PNG file, for a web page; see also :func:`write_figure`."""
    _without_controls(figure)
    file = BytesIO()
    figure.savefig(file, format="png", dpi=dpi)
    return file.getvalue()


def _without_controls(figure: "Figure") -> None:
    for text in _texts(figure):
        shown = "\n".join(map(one_line, text.get_text().split("\n")))
        if shown != text.get_text():
            text.set_text(shown)


def _texts(figure: "Figure") -> "list[Text]":
    from matplotlib.text import Text

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # about ticks that have no position yet
        return figure.findobj(Text)
