"""A function over many items in processes that may hang or die: each costs its own item, never the run.

Every process has a pipe of its own: a shared one would be blocked by a process that dies in the middle of a message.
"""

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import connection
from typing import Any

from threadpoolctl import threadpool_limits

_STOPPING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Lost:
    """What is known of an item whose process hung or died.

    Attributes
    ----------
    status : str
        ``timed_out`` or ``crashed``.
    error : str
    """

    status: str
    error: str


def in_processes(
    function: Callable[[Any], Any], items: Sequence[Any], jobs: int, timeout_s: float
) -> Iterator[tuple[int, Any]]:
    """Call a function for every item.

    Parameters
    ----------
    function : callable
        Of a module, so that a new process can import it. What it raises is a bug and ends the run.
    items : sequence
    jobs : int
        Processes.
    timeout_s : float
        What one item may take.

    Yields
    ------
    index : int
        Of the item. They come as they are done.
    result : object
        What the function returned, or :class:`Lost`.
    """
    waiting = iter(range(len(items)))
    workers: list[_Worker] = []
    left = len(items)
    try:
        while left:
            while len(workers) < min(jobs, left):
                workers.append(_Worker(function, workers))
            for worker in workers:
                if worker.index is None and (index := next(waiting, None)) is not None:
                    worker.give(index, items[index], timeout_s)
            for worker in _first_to_act([w for w in workers if w.index is not None]):
                index, result = worker.index, worker.result(timeout_s)
                if isinstance(result, Lost):
                    workers.remove(worker)
                    worker.stop()
                left -= 1
                yield index, result
    finally:  # also when interrupted: no process is left behind
        for worker in workers:
            worker.stop()


class _Worker:
    """A process, the pipe to it, and the index of the item that it is at (None when idle)."""

    def __init__(self, function, others):
        # fork needs no `if __name__ == "__main__"` in a user's script and starts at once; only Linux does it safely.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.pipe, theirs = context.Pipe()
        # A forked process has the parent's ends of all pipes too, and would keep them open when the parent is gone.
        inherited = [w.pipe for w in (self, *others)] if context.get_start_method() == "fork" else []
        self._process = context.Process(target=_serve, args=(theirs, inherited, function), daemon=True)
        with _signals_wait(), warnings.catch_warnings():
            # Python 3.12 warns of fork where a progress bar runs a thread; the child touches nothing that it locks.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        theirs.close()
        self.index: int | None = None
        self._deadline_s = 0.0

    def give(self, index, item, timeout_s):
        self.index, self._deadline_s = index, time.monotonic() + timeout_s
        with contextlib.suppress(OSError):  # dead already: reading its answer will tell
            self.pipe.send(item)

    @property
    def left_s(self):
        return max(0.0, self._deadline_s - time.monotonic())

    def result(self, timeout_s):
        self.index = None
        try:
            if not self.pipe.poll():
                return Lost("timed_out", f"could not be read within {timeout_s:g} s")
            result, error = self.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self._process.join(1)
            return Lost("crashed", f"the process reading it died (exit code {self._process.exitcode})")
        if error is not None:
            raise error
        return result

    def stop(self):
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _first_to_act(workers):
    """Wait for results, deaths or the end of a time limit: of whom."""
    heard = connection.wait([w.pipe for w in workers], min(w.left_s for w in workers))
    return [w for w in workers if w.pipe in heard or w.left_s == 0]


def _serve(pipe, inherited, function):
    """What a process does until its parent closes the pipe."""
    for end in inherited:
        end.close()
    _prepare()
    with contextlib.suppress(EOFError, OSError):  # the parent has gone
        while True:
            item = pipe.recv()
            try:
                answer = function(item), None
            except Exception as error:
                answer = None, error
            pipe.send(answer)


def _prepare():
    """One thread, gone with its parent, silent: decoders print notes of their own."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != multiprocessing.parent_process().pid:  # it died before that
            os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and stops us
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    threadpool_limits(1)


@contextlib.contextmanager
def _signals_wait():
    """Hold signals back while a process starts: Python drops what a handler raises in the middle of a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
