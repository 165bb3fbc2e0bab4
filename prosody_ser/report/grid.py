"""Remarks and tables of short texts, one under the other, as plain text, Markdown or LaTeX."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..terminal_view import columns_of, fitted, line_width, one_line
from . import markdown
from .column_widths import GAP, Column, cell_lines, tables_of
from .paper.latex import tabular

#: A column whose cells are wider is text, and may be broken.
_LONGEST_NUMBER = 26


@dataclass(frozen=True)
class Table:
    """A table under its title."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]  #: as many cells each as the header
    n_left: int = 1  #: columns set flush left; the others flush right


def grid(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    n_left: int = 1,
    text: Collection[int] = (),
    width: int | None = None,
) -> str:
    """A table in plain text, its first columns flush left and the others flush right, no wider than the terminal.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        As many cells each as the header.
    n_left : int
        Columns that are set flush left; the first of them name the rows.
    text : collection of int
        Further columns that are set flush left.
    width : int, optional
        How many columns of the terminal it may take; all of them if not given.
    """
    cells = [[" ".join(one_line(cell).split()) for cell in row] for row in (header, *rows)]
    columns = [
        Column(heading, body, i < n_left or i in text or max(map(columns_of, body), default=0) > _LONGEST_NUMBER)
        for i, (heading, *body) in enumerate(zip(*cells, strict=True))
    ]
    tables = tables_of(columns, _n_names(columns, n_left), width or line_width())
    return "\n\n".join("\n".join(_lines([columns[i] for i in shown], widths)) for shown, widths in tables)


def _n_names(columns: Sequence[Column], n_left: int) -> int:
    """How many of the columns on the left it takes to tell the rows apart."""
    for n in range(1, n_left):
        if len(set(zip(*(column.cells for column in columns[:n]), strict=True))) == len(columns[0].cells):
            return n
    return n_left


def _lines(columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a table: its heading stands on its first row, and long cells take several lines."""
    headings = [cell_lines(column.heading, width, hyphen="-") for column, width in zip(columns, widths, strict=True)]
    most = max(map(len, headings))
    yield from _row([[""] * (most - len(lines)) + lines for lines in headings], columns, widths)
    for row in zip(*(column.cells for column in columns), strict=True):
        yield from _row([cell_lines(cell, width) for cell, width in zip(row, widths, strict=True)], columns, widths)


def _row(cells: Sequence[Sequence[str]], columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    for number in range(max(map(len, cells))):
        line = ""
        for lines, column, width in zip(cells, columns, widths, strict=True):
            cell = lines[number] if number < len(lines) else ""
            blanks = " " * (width - columns_of(cell))
            line += (cell + blanks if column.is_text else blanks + cell) + GAP
        yield line.rstrip()


#: By format: what stands before a remark, a title with its place, and what writes a table. LaTeX needs booktabs.
FORMATS: dict[str, tuple[str, str, Callable[..., str]]] = {
    "text": ("", "{}\n", grid),
    "markdown": ("", "**{}**\n\n", markdown.table),
    "latex": ("% ", "% {}\n", tabular),
}


def laid_out(parts: Iterable[str | Table], form: str = "text") -> str:
    """Remarks and tables in one of :data:`FORMATS`, a line empty between them; as text they fit the terminal."""
    remark, title, written = FORMATS[form]
    lines = fitted if form == "text" else one_line
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(lines(remark + one_line(part)))
        else:
            heading = title.format(lines(one_line(part.title)))
            texts.append(heading + written(part.header, part.rows, part.n_left))
    return "\n\n".join(texts)


def bounds(interval: Sequence[float] | None, form: str = ".3f") -> str:
    """Both ends of an interval as a cell."""
    return "-" if interval is None else f"{interval[0]:{form}} to {interval[1]:{form}}"
