"""Lines for people at a terminal. Text that is already laid out, or that programs read, uses ``print`` instead."""

import os
import sys
from contextlib import suppress
from typing import TextIO

from ..terminal_view import fitted, one_line


def print_lines(*lines: str, flush: bool = False) -> None:
    """Print lines, broken to fit the terminal and with control characters escaped."""
    for line in lines:
        print(fitted(one_line(line)), flush=flush)


def print_notice(line: str) -> None:
    """Print a line on standard error, or on standard output if standard error cannot be written.

    The line is broken only if it goes to a terminal.
    """
    line = one_line(line)
    for stream in filter(None, (sys.stderr, sys.stdout)):
        try:
            print(fitted(line) if stream.isatty() else line, file=stream, flush=True)
            return
        except (OSError, ValueError):
            discard(stream)


def discard(stream: TextIO) -> None:
    """Discard what a stream that cannot be written still has in its buffer, and all that is written to it later."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
