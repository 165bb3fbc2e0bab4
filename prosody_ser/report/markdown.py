"""Text and tables in Markdown (GitHub's dialect)."""

import re
from collections.abc import Callable, Sequence

from ..terminal_view import one_line


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line: whatever could start markup gets a backslash."""
    return re.sub(r"([\\`*_{}\[\]<>|~$#&!@])", r"\\\1", one_line(" ".join(text.splitlines())))


def item(text: str) -> str:
    """An item of a list; of the list within, if the text is indented."""
    return f"{'  ' * text.startswith(' ')}- {escaped(text.strip())}"


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], n_left: int = 1, escape: Callable[[str], str] = escaped
) -> str:
    """A table, its first columns flush left and the others flush right; `escape` makes Markdown of a cell."""
    rule = ["---" if i < n_left else "---:" for i in range(len(header))]
    lines = [[escape(cell) for cell in row] for row in (header, *rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))
