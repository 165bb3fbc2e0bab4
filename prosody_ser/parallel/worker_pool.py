"""A function over many items in processes that may hang or die: each costs its own item, never the run.

Every process has a pipe of its own. Pools whose processes share one (concurrent.futures, joblib, pebble) stop, or wait
for a minute, when a process is killed while it holds the pipe's lock or is in the middle of a message.
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

#: For a process to start, which takes less than a second when its libraries are in the disk's cache.
START_S = 120.0
#: So many processes dying in a row before they do anything: the machine's fault or ours, not the items'.
MAX_STILLBORN = 5
_STOPPING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
#: Held while a process starts. A thread that does what must not be half done in the copy that a fork makes, such as to
#: import or to compile for the processes to come, holds it too.
STARTING = threading.RLock()
STARTED = object()  #: the first answer of a process
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
#: The system takes no time limit of more than 24 days at once.
_LONGEST_WAIT_S = 86_400.0


@dataclass(frozen=True)
class Lost:
    """What is known of an item whose process hung or died, twice."""

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
    """Call a function for every item.

    Parameters
    ----------
    function : callable
        It and the items can be pickled. What it raises is a bug and ends the run.
    items : iterable
        Taken as they are needed.
    jobs : int
        Processes, at the most.
    limit_s : callable
        What an item may take, in s. One that takes longer, or whose process dies, is tried once more, alone.
    batch : int
        Items handed over at a time, at the most: handing over costs about a millisecond.
    alone : callable
        Whether an item is handed over on its own.
    prepare : callable, optional
        Called once in every process before its first item.

    Yields
    ------
    item : object
        They come as they are done.
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
                    else:  # one of these is to blame: each on its own will tell which
                        queue.put_back(worker.items)
    finally:  # also when interrupted: no process is left behind
        for worker in workers:
            worker.stop()


class ItemQueue:
    """What is still to be done: items in batches, and alone what has failed once.

    Its length counts the batches that are made up, of which there are as many as can be taken at once.
    """

    def __init__(self, items: Iterable[Any], batch: int, ahead: int, alone: Callable[[Any], bool]) -> None:
        self._batches, self._ahead = _batches(items, batch, alone), ahead
        self._again: deque[Any] = deque()
        self._ready: deque[list[Any]] = deque()
        self._make_up()

    def __len__(self) -> int:
        return len(self._again) + len(self._ready)

    def take(self) -> tuple[list[Any], bool]:
        """The next batch, and whether it is a second try."""
        if self._again:
            return [self._again.popleft()], True
        batch = self._ready.popleft()
        self._make_up()
        return batch, False

    def put_back(self, items: list[Any]) -> None:
        """To be tried once more, each alone."""
        self._again.extend(items)

    def _make_up(self) -> None:
        self._ready.extend(islice(self._batches, self._ahead - len(self._ready)))


def _batches(items: Iterable[Any], size: int, alone: Callable[[Any], bool]) -> Iterator[list[Any]]:
    """Items in batches of `size`, taken as they are needed; what goes alone does not wait for others."""
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
    """A process, the pipe to it, and what it is at.

    Parameters
    ----------
    function : callable
        Called for every item that the process is given.
    prepare : callable or None
        Called once in the process, before its first item.
    others : list of Worker
        Those that this process has started by fork, whose pipes the new one must not keep open.
    context : multiprocessing context, optional
        How processes are started; by fork on Linux, else by spawn, if not given.
    """

    def __init__(
        self, function: Callable, prepare: Callable[[], object] | None, others: list["Worker"], context: Any = None
    ) -> None:
        # One at a time: what another thread forks in between would keep their end open, and we not see it die.
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
        # fork needs no `if __name__ == "__main__"` in a user's script and starts at once; only Linux does it safely.
        context = context or multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.pipe, theirs = context.Pipe()
        # A forked process has the parent's ends of all pipes too, and would keep them open when the parent is gone.
        inherited = [o.pipe for o in (self, *others)] if context.get_start_method() == "fork" else []
        self._process = context.Process(target=_serve, args=(theirs, inherited, function, prepare), daemon=True)
        with _signals_wait(), warnings.catch_warnings():
            # Python 3.12 warns of fork where a progress bar runs a thread; the child touches nothing that it locks.
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
        """Of the process."""
        return self._process.pid

    def give(self, items: list[Any], second_try: bool, limit_s: float) -> None:
        """Hand over items; the time for them starts to run."""
        self.items, self.second_try, self._limit_s = items, second_try, limit_s
        self._deadline_s = time.monotonic() + limit_s
        with contextlib.suppress(OSError):  # dead already: reading its answer will tell
            self.pipe.send(items)

    @property
    def left_s(self) -> float:
        """Time left for its items, or for its start."""
        return max(0.0, self._deadline_s - time.monotonic())

    def answer(self) -> Any:
        """What it sends: that it has started, or the result of each item; or :class:`Lost`."""
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
        """Its items with their results; it is idle then."""
        finished = list(zip(self.items, results, strict=True))
        self.items, self.second_try, self._deadline_s = [], False, math.inf
        return finished

    def kill(self) -> None:
        """End the process, whatever it is doing; :meth:`stop` is still to be called."""
        self._process.kill()

    def stop(self) -> None:
        """End the process, whatever it is doing, and let go of it."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _first_to_act(workers: list[Worker]) -> list[Worker]:
    """Wait for answers, deaths or the end of a time limit: of whom."""
    left_s = min(_LONGEST_WAIT_S, *(worker.left_s for worker in workers))
    heard = connection.wait([w.pipe for w in workers], left_s)
    return [w for w in workers if w.pipe in heard or w.left_s == 0]


def _serve(
    pipe: Connection, inherited: list[Connection], function: Callable, prepare: Callable[[], object] | None
) -> None:
    """What a process does until its parent closes the pipe."""
    for end in inherited:
        end.close()
    _prepare()
    if prepare is not None:
        prepare()
    with contextlib.suppress(EOFError, OSError):  # the parent has gone
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
    """Open what is closed of stdin, stdout and stderr: a pipe that got its number would be lost in a silenced child."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold signals back while a process starts: Python drops what a handler raises in the middle of a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """One thread, gone with its parent, silent: decoders print notes of their own."""
    _die_with_parent()
    for number in _STOPPING:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and stops us
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - a thread of the parent may have held the old one's lock
    for stream in (1, 2):
        os.dup2(sys.stderr.fileno(), stream)
    threadpool_limits(1)


def _die_with_parent() -> None:
    """However the parent ends: it may be killed without a chance to stop us."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent.pid:
            return  # it has not died before that
        # Dead already, or another process, the fork server, has forked this one for it.

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
