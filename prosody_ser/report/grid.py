"""A grid of short texts as plain text, Markdown, LaTeX or HTML."""

from collections.abc import Sequence

from .html import pieces
from .markdown import table
from .paper.latex import tabular

FORMATS = {"text": "for a terminal", "markdown": "for a page", "latex": "for a paper"}


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], form: str = "text", n_left: int = 1) -> str:
    """Lay out a table.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        As many cells each as the header.
    form : {"text", "markdown", "latex", "html"}
        LaTeX needs the package booktabs.
    n_left : int
        Columns set flush left; the others flush right.
    """
    if form == "html":
        return pieces.table(header, rows, n_left)
    if form == "markdown":
        return table(header, rows, n_left)
    cells = [[" ".join(cell.split()) for cell in row] for row in (header, *rows)]
    if form == "latex":
        return tabular(cells[0], cells[1:], n_left)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < n_left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def titled(title: str, body: str, form: str = "text") -> str:
    """A table under its title."""
    if form == "html":
        return pieces.section(title, body)
    if form == "markdown":
        return f"**{title}**\n\n{body}"
    return f"% {title}\n{body}" if form == "latex" else f"{title}\n{body}"


def paragraph(text: str, form: str = "text") -> str:
    """A remark that stands by itself."""
    if form == "html":
        return pieces.remark(text)
    return f"% {text}" if form == "latex" else text


def bounds(interval: Sequence[float] | None, form: str = ".3f") -> str:
    """Both ends of an interval as a cell."""
    return "-" if interval is None else f"{interval[0]:{form}} to {interval[1]:{form}}"
