"""Progress bars, shown on a terminal only, and the message about what is kept after Ctrl-C."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .printing import print_notice

GOES_ON = "finished work is kept: run the same command again to continue"
NOTHING_KEPT = "nothing of this run is kept, and no file was changed"


class Stopped(BaseException):
    """Ctrl-C, with a message about what is kept; Typer would reduce a KeyboardInterrupt to an exit status."""


@contextmanager
def progress_bar(
    what: str, kept: str | Callable[[int, int], str] = NOTHING_KEPT
) -> Iterator[Callable[[int, int], None]]:
    """Give a ``progress(done, total)`` callback that draws on stderr if that is a terminal.

    After Ctrl-C the command prints `kept`, which says how much of the work is there for the next run: a text, or a
    function of `done` and `total` that gives it.
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
    """Compile the kernels if they are not on the disk yet, with a message, because this takes some seconds."""
    from ..measures.warm_up import compile_kernels, is_compiled

    if not is_compiled():
        print_notice("Compiling the signal-processing code; this happens once and takes about 5 s")
        compile_kernels()


@contextmanager
def download_bar() -> Iterator[Callable[[int, int], None] | None]:
    """Give a ``progress(n_bytes_done, n_bytes_total)`` callback that draws on stderr; None if that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = bar.add_task("downloading", total=None)

    def draw(done: int, total: int) -> None:
        bar.start()  # not earlier, as lines printed before would appear within the bar
        bar.update(task, completed=done, total=total)

    try:
        yield draw
    except KeyboardInterrupt as stop:
        raise Stopped(GOES_ON) from stop
    finally:
        bar.stop()
