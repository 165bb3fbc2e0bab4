"""Lines for whoever sits at the terminal; what a renderer has laid out, or a program reads, is printed as it is."""

import sys

from ..terminal_view import fitted, one_line


def say(*lines: str, flush: bool = False) -> None:
    """Print lines that fit the terminal; what a name in them holds cannot break or command it."""
    for line in lines:
        print(fitted(one_line(line)), flush=flush)


def tell(line: str) -> None:
    """Print a line on standard error, where a message that goes to no terminal stays one line."""
    line = one_line(line)
    print(fitted(line) if sys.stderr.isatty() else line, file=sys.stderr, flush=True)
