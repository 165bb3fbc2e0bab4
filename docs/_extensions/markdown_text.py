"""Text for tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Format a table; bars and line breaks in cells are replaced, since they would end the cell."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(cell, row)) + " |" for row in lines) + "\n"


def cell(value: object) -> str:
    """Format one cell."""
    return " ".join(str(value).split()).replace("|", "\\|")


def plain(text: str) -> str:
    """Escape the characters of a text that have a meaning in Markdown."""
    for mark in "\\`*_{}[]<>#":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("'", "&#39;").replace("--", "\\-\\-")


def number(value: float) -> str:
    """Format a bound of a range."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")
