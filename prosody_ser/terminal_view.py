"""What a terminal shows: lines that are no longer than it is wide, and names that cannot command it.

Whatever is printed for people goes through here, and nowhere else is a line broken. The width is ``COLUMNS`` where that
is set, else the terminal's own, else 100 columns: text in a pipe or a file is read by people, too. What programs read
(CSV, JSON, Markdown, LaTeX) is never broken.
"""

import os
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

#: Columns of text that goes to no terminal.
WITHOUT_TERMINAL = 100
#: Below so many columns nothing can be laid out.
_LEAST = 40
#: A name with what is said of it at least two blanks behind, as in ``speakers  10``: further lines begin below that.
_NAMED = re.compile(r" *\S(?:.{0,28}\S)?  +(?=\S)")
#: They join letters to signs (in Persian, in emoji), and no terminal obeys them.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_BLANKS = "\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"


def line_width() -> int:
    """Columns that a line of text may take."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return max(int(given), _LEAST)
    for stream in (1, 2, 0):  # output into a pager still ends on the terminal that the errors go to
        try:
            columns = os.get_terminal_size(stream).columns
        except OSError:
            continue
        if columns > 0:
            return max(columns, _LEAST)
    return WITHOUT_TERMINAL


def columns_of(text: str) -> int:
    """Columns that text takes on a terminal, where East Asian letters take two and combining marks none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def one_line(text: Any) -> str:
    """Text with what no screen shows (line breaks, control characters, changes of direction, broken bytes) as escapes.

    A name stays in its line, and cannot command the terminal.
    """
    line = str(text)
    return line if line.isprintable() else "".join(map(_shown, line))


def readable(data: Any) -> Any:
    """The same lists and mappings, each text in them, keys too, as :func:`one_line` gives it."""
    if isinstance(data, str):
        return one_line(data)
    if isinstance(data, dict):
        return {readable(name): readable(value) for name, value in data.items()}
    return [readable(value) for value in data] if isinstance(data, list | tuple) else data


def fitted(text: str, width: int | None = None) -> str:
    """Text of several lines, each safe to print and, where words allow it, no longer than `width` columns.

    Parameters
    ----------
    text : str
        A line that fits stays as it is. Others are broken between words; a word that is too long stands alone.
    width : int, optional
        As :func:`line_width` if not given.

    Examples
    --------
    >>> print(fitted("speakers  anna, bert, carla and another one", 26))
    speakers  anna, bert,
              carla and
              another one
    """
    width = width or line_width()
    return "\n".join(part for line in text.split("\n") for part in broken(one_line(line), width))


def fits(render: Callable[..., str]) -> Callable[..., str]:
    """Make what a function writes fit the terminal, see :func:`fitted`."""

    @wraps(render)
    def run(*args: Any, **kwargs: Any) -> str:
        return fitted(render(*args, **kwargs))

    return run


def broken(line: str, width: int) -> list[str]:
    """One line as several, the further ones indented."""
    if columns_of(line) <= width:
        return [line]
    named = _NAMED.match(line)
    blanks = len(line) - len(line.lstrip(" "))
    indent = columns_of(named[0]) if named and columns_of(named[0]) <= width // 2 else min(blanks, width // 2) + 2
    lines = [""]
    for piece in re.findall(r" *[^ ]+", line):
        if not lines[-1].strip() or columns_of(lines[-1] + piece) <= width:
            lines[-1] += piece
        else:
            lines.append(" " * indent + piece.lstrip(" "))
    return lines


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS or letter in _BLANKS:
        return letter
    return letter.encode("unicode_escape").decode()
