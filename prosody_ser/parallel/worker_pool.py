"""Call a function with many items in processes; if a process hangs or dies, only its item is lost, not the run.

Every process has its own pipe. Pools whose processes share one (concurrent.futures, joblib, pebble) stop, or wait for a
minute, if a process is killed while it holds the lock of the pipe or is sending a message.
"""

import contextlib
import ctypes
import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Any

from threadpoolctl import threadpool_limits

from ..errors import WorkerError

#: Time limit for the start of a process, which takes less than a second if its libraries are in the disk cache.
START_S = 120.0
#: Number of processes that may die in a row before they do anything; more indicates a problem of the machine or code.
MAX_STILLBORN = 5
_STOPPING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
#: Lock that is held while a process starts. A thread holds it, too, while it does something that a fork must not copy
#: half done, such as importing or compiling.
STARTING = threading.RLock()
STARTED = object()  #: first answer of a process
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
#: Longest single wait; the system does not accept more than 24 days.
_LONGEST_WAIT_S = 86_400.0


@dataclass(frozen=True)
class Lost:
    """The result of an item whose process hung or died twice."""

    status: str  #: ``timed_out`` or ``crashed``
    error: str


def in_processes(
    function: Callable[[Any], Any],
    items: Iterable[Any],
    jobs: int,
    limit_s: Callable[[Any], float],
    *,
    batch: int = 1,
    alone: Callable[[Any], bool] = lambda item: False,
    prepare: Callable[[], None] | None = None,
) -> Generator[tuple[Any, Any], None, None]:
    """Call a function with every item, in worker processes.

    Parameters
    ----------
    function : callable
        The function; it and the items can be pickled. An exception is a bug and ends the run.
    items : iterable
        Consumed as needed.
    jobs : int
        Largest number of processes.
    limit_s : callable
        Returns the time limit of an item in s. An item that exceeds it, or whose process dies, is tried again, alone.
    batch : int
        Largest number of items sent at a time; sending takes about a millisecond.
    alone : callable
        Returns whether an item is sent on its own.
    prepare : callable, optional
        Called once in every process, before its first item.

    Yields
    ------
    item : object
        In order of completion.
    result : object
        What the function returned, or :class:`Lost`.

    Raises
    ------
    WorkerError
        If processes die before they do anything.
    """
    _occupy_standard_streams()
    queue = ItemQueue(items, batch, jobs, alone)
    workers: list[Worker] = []
    stillborn = 0
    try:
        while queue or any(worker.items for worker in workers):
            idle = [worker for worker in workers if not worker.items]
            for _ in range(min(jobs - len(workers), len(queue) - len(idle))):
                workers.append(Worker(function, prepare, workers))
            for worker in idle:
                if worker.ready and queue:
                    some, second_try = queue.take()
                    worker.give(some, second_try, max(map(limit_s, some)))
            for worker in _first_to_act(workers):
                answer = worker.answer()
                if answer is STARTED:
                    stillborn = 0
                elif not isinstance(answer, Lost):
                    yield from worker.finish(answer)
                else:
                    workers.remove(worker)
                    worker.stop()
                    stillborn += not worker.ready
                    if stillborn > MAX_STILLBORN:
                        raise WorkerError(f"worker processes die when they start: {answer.error}")
                    if worker.second_try:
                        yield from worker.finish([answer])
                    else:  # try each alone, to find out which one failed
                        queue.put_back(worker.items)
    finally:  # also after an interrupt, so that no process is left
        for worker in workers:
            worker.stop()


class ItemQueue:
    """Items that are still to be processed: in batches, and alone if they have failed once.

    Its length is the number of prepared batches, which is as large as the number that can be taken at once.
    """

    def __init__(self, items: Iterable[Any], batch: int, ahead: int, alone: Callable[[Any], bool]) -> None:
        self._batches, self._ahead = _batches(items, batch, alone), ahead
        self._again: deque[Any] = deque()
        self._ready: deque[list[Any]] = deque()
        self._make_up()

    def __len__(self) -> int:
        return len(self._again) + len(self._ready)

    def take(self) -> tuple[list[Any], bool]:
        """Return the next batch, and whether it is a second try."""
        if self._again:
            return [self._again.popleft()], True
        batch = self._ready.popleft()
        self._make_up()
        return batch, False

    def put_back(self, items: list[Any]) -> None:
        """Queue items to be tried once more, each alone."""
        self._again.extend(items)

    def _make_up(self) -> None:
        self._ready.extend(islice(self._batches, self._ahead - len(self._ready)))


def _batches(items: Iterable[Any], size: int, alone: Callable[[Any], bool]) -> Iterator[list[Any]]:
    """Yield items in batches of `size`, consumed as needed; items that go alone do not wait for others."""
    begun: list[Any] = []
    for item in items:
        if alone(item):
            yield [item]
            continue
        begun.append(item)
        if len(begun) == size:
            yield begun
            begun = []
    if begun:
        yield begun


class Worker:
    """A process, the pipe to it, and its current items.

    Parameters
    ----------
    function : callable
        Called with every item that the process receives.
    prepare : callable or None
        Called once in the process, before its first item.
    others : list of Worker
        Other workers, whose pipes a forked process must not keep open.
    context : multiprocessing context, optional
        How the process is started; by default fork on Linux, otherwise spawn.
    """

    def __init__(
        self, function: Callable, prepare: Callable[[], object] | None, others: list["Worker"], context: Any = None
    ) -> None:
        # One at a time, because a process forked in between would keep the other end open and hide the worker's death.
        with STARTING:
            self._start(function, prepare, others, context)
        self.items: list[Any] = []  # empty when it is idle
        self.ready = False  # whether it has started
        self.second_try = False  # whether its item has failed before
        self._limit_s = START_S
        self._deadline_s = time.monotonic() + START_S

    def _start(
        self, function: Callable, prepare: Callable[[], object] | None, others: list["Worker"], context: Any
    ) -> None:
        # fork needs no `if __name__ == "__main__"` in scripts and starts immediately, but is only safe on Linux.
        context = context or multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.pipe, theirs = context.Pipe()
        # A forked process inherits the parent's ends of all pipes and would keep them open after the parent's death.
        inherited = [o.pipe for o in (self, *others)] if context.get_start_method() == "fork" else []
        self._process = context.Process(target=_serve, args=(theirs, inherited, function, prepare), daemon=True)
        with _signals_wait(), warnings.catch_warnings():
            # Python 3.12 warns about fork if a progress bar runs a thread; the child uses nothing that it locks.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                self._process.start()
            except OSError as error:
                self.pipe.close()
                raise WorkerError(f"no worker process can be started ({error.strerror or error})") from error
            finally:
                theirs.close()

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def give(self, items: list[Any], second_try: bool, limit_s: float) -> None:
        """Send items to the process; their time limit starts."""
        self.items, self.second_try, self._limit_s = items, second_try, limit_s
        self._deadline_s = time.monotonic() + limit_s
        with contextlib.suppress(OSError):  # the process died, which reading its answer will show
            self.pipe.send(items)

    @property
    def left_s(self) -> float:
        """Time left for the current items, or for the start."""
        return max(0.0, self._deadline_s - time.monotonic())

    def answer(self) -> Any:
        """Return the answer of the process: STARTED, the result of each item, or :class:`Lost`."""
        try:
            if not self.pipe.poll():
                return Lost("timed_out", f"it did not finish within {self._limit_s:g} s")
            results, error = self.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self._process.join(1)
            return Lost("crashed", f"the worker process died (exit code {self._process.exitcode})")
        if error is not None:
            raise error
        if not self.ready:
            self.ready, self._deadline_s = True, math.inf
            return STARTED
        return results

    def finish(self, results: list[Any]) -> list[tuple[Any, Any]]:
        """Return the items with their results, and mark the process as idle."""
        finished = list(zip(self.items, results, strict=True))
        self.items, self.second_try, self._deadline_s = [], False, math.inf
        return finished

    def kill(self) -> None:
        """Kill the process; :meth:`stop` must still be called."""
        self._process.kill()

    def stop(self) -> None:
        """Kill the process and release its resources."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _first_to_act(workers: list[Worker]) -> list[Worker]:
    """Wait for answers, deaths or time limits; return the workers concerned."""
    left_s = min(_LONGEST_WAIT_S, *(worker.left_s for worker in workers))
    heard = connection.wait([w.pipe for w in workers], left_s)
    return [w for w in workers if w.pipe in heard or w.left_s == 0]


def _serve(
    pipe: Connection, inherited: list[Connection], function: Callable, prepare: Callable[[], object] | None
) -> None:
    """Process items in the child until its parent closes the pipe."""
    for end in inherited:
        end.close()
    _prepare()
    if prepare is not None:
        prepare()
    with contextlib.suppress(EOFError, OSError):  # the parent ended
        pipe.send((None, None))
        while True:
            items = pipe.recv()
            try:
                results = [function(item) for item in items]
            except Exception as error:
                pipe.send((None, error))
            else:
                pipe.send((results, None))


def _occupy_standard_streams() -> None:
    """Open closed standard streams, because a pipe with such a number would be lost when a child is silenced."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Block signals while a process starts, because Python drops exceptions of handlers during a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Prepare a child: one thread, ends with its parent, prints nothing (decoders print messages)."""
    _die_with_parent()
    for number in _STOPPING:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent receives it, too, and stops this process
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - the lock of the old stream may be held
    for stream in (1, 2):
        os.dup2(sys.stderr.fileno(), stream)
    threadpool_limits(1)


def _die_with_parent() -> None:
    """Make this process end with its parent, even if the parent is killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent.pid:
            return  # the parent was still alive at this point
        # Either the parent has died, or the fork server forked this process on its behalf.

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
