"""Widths of the columns of a table on a narrow terminal, and which columns move to a further table.

To save width, first headings are broken between words, then texts in cells, then headings within words. If that is not
enough, as many columns as fit are shown beside the names of the rows, and the others in further tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ..terminal_view import columns_of

GAP = "  "
#: Smallest widths of a column of text and of a heading.
_LEAST_TEXT, _LEAST_HEADING = 16, 6
#: Characters after which a word may be broken.
_SEAMS = "/_-.,:;="


@dataclass(frozen=True)
class Column:
    """A column: its heading and its cells, which may be broken over lines if they are text."""

    heading: str
    cells: Sequence[str]
    is_text: bool

    @cached_property
    def widths(self) -> tuple[int, int, int, int]:
        """Widths in full; with the heading broken; with text broken between words, too; and within words."""
        body = max(map(columns_of, self.cells), default=0)
        word = _longest_word([self.heading])
        full, headed = max(body, columns_of(self.heading)), max(body, word)
        if not self.is_text:
            return full, headed, headed, max(body, min(word, _LEAST_HEADING))
        words = max(word, _longest_word(self.cells))
        return full, headed, words, min(words, _LEAST_TEXT)


def tables_of(columns: Sequence[Column], n_names: int, width: int) -> Iterator[tuple[list[int], list[int]]]:
    """Divide the columns into tables that fit; give the indices and the widths of the columns of each table.

    Parameters
    ----------
    columns : sequence of Column
    n_names : int
        Number of columns at the left that name the rows, and are repeated in every table.
    width : int
        Width of the terminal.
    """
    names, remaining = columns[:n_names], list(range(n_names, len(columns)))
    while True:
        n = len(remaining)
        while (widths := _side_by_side([*names, *(columns[i] for i in remaining[:n])], width)) is None and n > 1:
            n -= 1
        shown = [*range(n_names), *remaining[:n]]
        yield shown, widths or _narrowest([columns[i] for i in shown], width)
        remaining = remaining[n:]
        if not remaining:
            return


def _side_by_side(columns: Sequence[Column], width: int) -> list[int] | None:
    """Widths at which the columns fit beside each other, narrowed as little as possible; None if they do not fit."""
    room = width - len(GAP) * (len(columns) - 1)
    steps = list(zip(*(column.widths for column in columns), strict=True))
    if sum(steps[0]) <= room:
        return list(steps[0])
    for wide, narrow in pairwise(steps):
        if sum(narrow) <= room:
            return _shared_out(narrow, wide, room)
    return None


def _shared_out(narrow: Sequence[int], wide: Sequence[int], room: int) -> list[int]:
    """The narrow widths, with the remaining room given to the columns that lack most."""
    widths = list(narrow)
    for _ in range(min(room, sum(wide)) - sum(narrow)):
        most = max(range(len(widths)), key=lambda i: wide[i] - widths[i])
        widths[most] += 1
    return widths


def _narrowest(columns: Sequence[Column], width: int) -> list[int]:
    """Widths as a last resort: the widest column is narrowed until all columns fit."""
    widths = [column.widths[-1] for column in columns]
    room = max(width - len(GAP) * (len(columns) - 1), len(columns))
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    return widths


def _longest_word(texts: Sequence[str]) -> int:
    return max((columns_of(word) for text in texts for word in text.split(" ")), default=0)


def cell_lines(text: str, width: int, hyphen: str = "") -> list[str]:
    """Break a cell into lines of at most `width`; within a word after one of :data:`_SEAMS`, else with `hyphen`."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns_of(joined) <= width:
            lines[-1] = joined
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = word
        while columns_of(lines[-1]) > width:
            head, tail = _cut(lines[-1], width, hyphen)
            lines[-1:] = [head, tail]
    return lines


def _cut(word: str, width: int, hyphen: str) -> tuple[str, str]:
    """Split a word into the part that fits and the rest."""
    hyphen = hyphen if width > 2 * len(hyphen) else ""
    end = 1
    while end < len(word) - 1 and columns_of(word[: end + 1]) <= width - len(hyphen):
        end += 1
    seam = max(word.rfind(sign, 0, end) for sign in _SEAMS) + 1
    if seam > end // 2:
        return word[:seam], word[seam:]
    return word[:end] + hyphen, word[end:]
