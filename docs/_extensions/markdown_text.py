"""Text for tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar or a line break in a cell would end the cell, and is written otherwise."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(cell, row)) + " |" for row in lines) + "\n"


def cell(value: object) -> str:
    """One cell."""
    return " ".join(str(value).split()).replace("|", "\\|")


def plain(text: str) -> str:
    """Text in which no character means anything to Markdown."""
    for mark in "\\`*_{}[]<>#":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("'", "&#39;").replace("--", "\\-\\-")


def number(value: float) -> str:
    """A bound of a range."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")
