"""Text and tables in Markdown (GitHub's dialect)."""

import re
from collections.abc import Callable, Sequence

from ..terminal_view import one_line


def escaped(text: str) -> str:
    """Escape text so that Markdown shows it unchanged, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>|~$#&!@])", r"\\\1", one_line(" ".join(text.splitlines())))


def item(text: str) -> str:
    """Format an item of a list, or of an inner list if the text is indented."""
    return f"{'  ' * text.startswith(' ')}- {escaped(text.strip())}"


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], n_left: int = 1, escape: Callable[[str], str] = escaped
) -> str:
    """Format a table whose first columns are flush left, the others flush right; `escape` is applied to each cell."""
    rule = ["---" if i < n_left else "---:" for i in range(len(header))]
    lines = [[escape(cell) for cell in row] for row in (header, *rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))
