"""Format text for a terminal: wrap long lines, and escape names that contain control characters.

All output for people is wrapped here. The width is ``COLUMNS`` if that is set, otherwise that of the terminal, or 100
columns for a pipe or a file, because people read these, too. Output for programs (CSV, JSON, Markdown, LaTeX) is never
wrapped.
"""

import os
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

#: Width of text that does not go to a terminal.
WITHOUT_TERMINAL = 100
#: Smallest width that is used.
_LEAST = 40
#: A name, two or more blanks and a value, as in ``speakers  10``; wrapped lines are aligned with the value.
_NAMED = re.compile(r" *\S(?:.{0,28}\S)?  +(?=\S)")
#: Invisible joiners of letters (in Persian and in emoji), which terminals do not interpret as commands.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_BLANKS = "\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"


def line_width() -> int:
    """Return the number of columns for a line of text."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return max(int(given), _LEAST)
    for stream in (1, 2, 0):  # output to a pager is shown on the terminal of stderr
        try:
            columns = os.get_terminal_size(stream).columns
        except OSError:
            continue
        if columns > 0:
            return max(columns, _LEAST)
    return WITHOUT_TERMINAL


def columns_of(text: str) -> int:
    """Return the width of text on a terminal; East Asian letters take two columns, combining marks none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def one_line(text: Any) -> str:
    """Escape characters that are not printable: line breaks, control characters, text direction, invalid bytes.

    So a name stays in its line and cannot control the terminal.
    """
    line = str(text)
    return line if line.isprintable() else "".join(map(_shown, line))


def readable(data: Any) -> Any:
    """Apply :func:`one_line` to all strings in nested lists and mappings, including keys."""
    if isinstance(data, str):
        return one_line(data)
    if isinstance(data, dict):
        return {readable(name): readable(value) for name, value in data.items()}
    return [readable(value) for value in data] if isinstance(data, list | tuple) else data


def fitted(text: str, width: int | None = None) -> str:
    """Make text safe to print and wrap its lines at `width` columns.

    Parameters
    ----------
    text : str
        A line that fits is unchanged. Others are wrapped between words; a word that is too long has its own line.
    width : int, optional
        By default that of :func:`line_width`.

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
    """Decorate a function that returns text, to wrap the text by :func:`fitted`."""

    @wraps(render)
    def run(*args: Any, **kwargs: Any) -> str:
        return fitted(render(*args, **kwargs))

    return run


def broken(line: str, width: int) -> list[str]:
    """Wrap one line into several, with indented continuation lines."""
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
