"""Lines for whoever sits at the terminal; what a renderer has laid out, or a program reads, is printed as it is."""

import os
import sys
from contextlib import suppress
from typing import TextIO

from ..terminal_view import fitted, one_line


def say(*lines: str, flush: bool = False) -> None:
    """Print lines that fit the terminal; what a name in them holds cannot break or command it."""
    for line in lines:
        print(fitted(one_line(line)), flush=flush)


def tell(line: str) -> None:
    """Print a line on standard error, or on standard output where nobody can read that.

    A message that goes to no terminal stays one line.
    """
    line = one_line(line)
    for stream in filter(None, (sys.stderr, sys.stdout)):
        try:
            print(fitted(line) if stream.isatty() else line, file=stream, flush=True)
            return
        except (OSError, ValueError):
            let_go(stream)


def let_go(stream: TextIO) -> None:
    """What is left in the buffer of a stream that cannot be written to, or comes yet, goes nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
