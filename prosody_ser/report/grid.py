"""Remarks and tables of short texts, one below the other, as plain text, Markdown or LaTeX."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..terminal_view import columns_of, fitted, line_width, one_line
from . import markdown
from .column_widths import GAP, Column, cell_lines, tables_of
from .paper.latex import tabular

#: A column with wider cells counts as text, and may be broken.
_LONGEST_NUMBER = 26


@dataclass(frozen=True)
class Table:
    """A table with a title."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]  #: each with as many cells as the header
    n_left: int = 1  #: number of columns set flush left; the others are flush right


def grid(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    n_left: int = 1,
    text: Collection[int] = (),
    width: int | None = None,
) -> str:
    """Format a table as plain text, no wider than the terminal.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        Each with as many cells as the header.
    n_left : int
        Number of columns that are set flush left; the first of them name the rows. The others are flush right.
    text : collection of int
        Further columns that are set flush left.
    width : int, optional
        Largest width; that of the terminal if not given.
    """
    cells = [[" ".join(one_line(cell).split()) for cell in row] for row in (header, *rows)]
    columns = [
        Column(heading, body, i < n_left or i in text or max(map(columns_of, body), default=0) > _LONGEST_NUMBER)
        for i, (heading, *body) in enumerate(zip(*cells, strict=True))
    ]
    tables = tables_of(columns, _n_names(columns, n_left), width or line_width())
    return "\n\n".join("\n".join(_lines([columns[i] for i in shown], widths)) for shown, widths in tables)


def _n_names(columns: Sequence[Column], n_left: int) -> int:
    """Number of columns at the left that are needed to distinguish the rows."""
    for n in range(1, n_left):
        if len(set(zip(*(column.cells for column in columns[:n]), strict=True))) == len(columns[0].cells):
            return n
    return n_left


def _lines(columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a table; headings are aligned at the bottom, and long cells take several lines."""
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


#: By format: the prefix of a remark, the form of a title, and the function that writes a table. LaTeX needs booktabs.
FORMATS: dict[str, tuple[str, str, Callable[..., str]]] = {
    "text": ("", "{}\n", grid),
    "markdown": ("", "**{}**\n\n", markdown.table),
    "latex": ("% ", "% {}\n", tabular),
}


def laid_out(parts: Iterable[str | Table], form: str = "text") -> str:
    """Format remarks and tables in one of :data:`FORMATS`, with empty lines between; as text they fit the terminal."""
    prefix, title, write_table = FORMATS[form]
    lines = fitted if form == "text" else one_line
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(lines(prefix + one_line(part)))
        else:
            heading = title.format(lines(one_line(part.title)))
            texts.append(heading + write_table(part.header, part.rows, part.n_left))
    return "\n\n".join(texts)


def bounds(interval: Sequence[float] | None, form: str = ".3f") -> str:
    """Format an interval as a cell."""
    return "-" if interval is None else f"{interval[0]:{form}} to {interval[1]:{form}}"


def brackets(interval: Sequence[float] | None, form: str = "z.3f") -> str:
    """Format an interval beside its value; empty without one."""
    return f"[{interval[0]:{form}}, {interval[1]:{form}}]" if interval else ""
