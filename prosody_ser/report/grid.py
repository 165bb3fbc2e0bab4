"""Remarks and tables of short texts, one under the other, as plain text, Markdown or LaTeX."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from . import markdown
from .paper.latex import tabular


@dataclass(frozen=True)
class Table:
    """A table under its title."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]  #: as many cells each as the header
    n_left: int = 1  #: columns set flush left; the others flush right


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], n_left: int = 1) -> str:
    """A table in plain text, its first columns flush left and the others flush right."""
    cells = [[" ".join(cell.split()) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < n_left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


#: By format: what stands before a remark, a title with its place, and what writes a table. LaTeX needs booktabs.
FORMATS: dict[str, tuple[str, str, Callable[..., str]]] = {
    "text": ("", "{}\n", grid),
    "markdown": ("", "**{}**\n\n", markdown.table),
    "latex": ("% ", "% {}\n", tabular),
}


def laid_out(parts: Iterable[str | Table], form: str = "text") -> str:
    """Remarks and tables in one of :data:`FORMATS`, a line empty between them."""
    remark, title, written = FORMATS[form]
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(remark + part)
        else:
            texts.append(title.format(part.title) + written(part.header, part.rows, part.n_left))
    return "\n\n".join(texts)


def bounds(interval: Sequence[float] | None, form: str = ".3f") -> str:
    """Both ends of an interval as a cell."""
    return "-" if interval is None else f"{interval[0]:{form}} to {interval[1]:{form}}"
