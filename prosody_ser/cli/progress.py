"""A progress bar on a terminal, nothing elsewhere; and what Ctrl-C leaves behind."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .printing import tell

GOES_ON = "what is there is kept: run the same command again to go on"
NOTHING_KEPT = "nothing of this run is kept, and no file was changed"


class Stopped(BaseException):
    """Ctrl-C, and what is kept: Typer would make a bare status of a KeyboardInterrupt."""


@contextmanager
def progress_bar(
    what: str, kept: str | Callable[[int, int], str] = NOTHING_KEPT
) -> Iterator[Callable[[int, int], None]]:
    """Give a ``progress(done, total)`` callback that draws on stderr where that is a terminal.

    Stopped by Ctrl-C, the command says `kept`, which may take what is done and how much there is: what of the work is
    there when it runs again.
    """
    reached = 0, 0

    with _drawn(what) as draw:

        def progress(done: int, total: int) -> None:
            nonlocal reached
            reached = done, total
            if draw is not None:
                draw(done, total)

        try:
            yield progress
        except KeyboardInterrupt as stop:
            raise Stopped(kept if isinstance(kept, str) else kept(*reached)) from stop


@contextmanager
def _drawn(what: str) -> Iterator[Callable[[int, int], None] | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def compile_once() -> None:
    """Compile the kernels if the disk does not have them yet, and say so: nothing else shows for that long."""
    from ..contours.warm_up import compile_kernels, is_compiled

    if not is_compiled():
        tell("Compiling kernels, once: about 10 s")
        compile_kernels()


@contextmanager
def download_bar() -> Iterator[Callable[[int, int], None] | None]:
    """Give a ``progress(bytes so far, bytes in all)`` callback that draws on stderr, or None if it is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = bar.add_task("downloading", total=None)

    def draw(done: int, total: int) -> None:
        bar.start()  # not before: what is printed first would stand in the bar's line
        bar.update(task, completed=done, total=total)

    try:
        yield draw
    except KeyboardInterrupt as stop:
        raise Stopped(GOES_ON) from stop
    finally:
        bar.stop()
