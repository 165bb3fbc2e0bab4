"""Processes that stand ready for one call after the other; one that hangs or dies is replaced, and the others go on.

They are forked from a process of their own, the fork server of Python's multiprocessing (where there is none, they are
started anew): what the caller has open, such as connections of clients, does not get into them.
"""

import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import connection
from typing import Any

from ..errors import WorkerError
from .worker_pool import STARTED, Lost, Worker

#: So many starts failing in a row: the machine's fault or ours, not that of one process; and after how long it is
#: tried again then.
_FAILED_STARTS, _AGAIN_S = 3, 1.0
#: How often a call that waits for a process looks whether to give up.
_LOOK_S = 0.2


class NoWorker(WorkerError):
    """No process could be had for a call."""


class CallTimeout(WorkerError):
    """A call was not done in time; the process at it was ended."""


class StandingWorkers:
    """Processes for calls of one function.

    Parameters
    ----------
    function : callable
        It, its argument and its result can be pickled.
    n : int
        How many.
    prepare : callable, optional
        Called once in each process before it is ready.
    preload : sequence of str
        Modules that the fork server imports, so that each process has them from its start.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        n: int,
        *,
        prepare: Callable[[], None] | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self.n = n
        forks = "forkserver" in multiprocessing.get_all_start_methods()
        context: Any = multiprocessing.get_context("forkserver" if forks else "spawn")
        if forks:
            context.set_forkserver_preload(list(preload))
        self._start = partial(Worker, function, partial(_prepared, prepare), [], context)
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._standing: set[Worker] = set()  # those that have started, idle or not
        self._starting: set[Worker] = set()
        self._hiring: set[threading.Thread] = set()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._failed_starts, self._failure = 0, ""

    @property
    def ready(self) -> int:
        """How many processes have started, and have not been lost since."""
        return len(self._standing)

    @property
    def pids(self) -> list[int]:
        """The processes that have started."""
        with self._changed:
            return [worker.pid for worker in self._standing]

    @property
    def _fails(self) -> bool:
        return self._failed_starts >= _FAILED_STARTS

    def start(self) -> None:
        """Start all processes.

        Raises
        ------
        NoWorker
            If they die before they are ready.
        """
        for _ in range(self.n):
            self._hire()
        with self._changed:
            self._changed.wait_for(lambda: self.ready == self.n or self._fails or self._stopped.is_set())
        if self._fails:
            raise NoWorker(self._failure)

    def call(self, item: Any, limit_s: float) -> Any:
        """What the function returns for an item; a process that dies at it is replaced, and it is tried once more.

        Parameters
        ----------
        item : object
        limit_s : float
            What it may take in all, in s, the wait for a process with it.

        Raises
        ------
        NoWorker
            If no process could be had, or two died at it.
        CallTimeout
            If it takes longer. The process is ended and replaced.
        """
        deadline_s = time.monotonic() + limit_s
        lost = Lost("", "")
        for second_try in (False, True):
            worker = self._take(deadline_s)
            worker.give([item], second_try, max(0.0, deadline_s - time.monotonic()))
            connection.wait([worker.pipe], worker.left_s)
            try:
                answer = worker.answer()
            except BaseException:  # what the function has raised
                self._idle.put(worker)
                raise
            if not isinstance(answer, Lost):
                (_, result), *_ = worker.finish(answer)
                self._idle.put(worker)
                return result
            lost = answer
            self._replace(worker)
            if lost.status == "timed_out":
                raise CallTimeout(f"the request did not finish within {limit_s:g} s")
        raise NoWorker(lost.error)

    def stop(self) -> None:
        """End all processes, whatever they are doing."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
            gone, starting = list(self._standing), list(self._starting)
            self._standing.clear()
        for worker in starting:  # the thread that waits for it does the rest
            _kill(worker)
        for worker in gone:
            _end(worker)
        for thread in list(self._hiring):
            thread.join()

    def _take(self, deadline_s: float) -> Worker:
        """An idle process; one that has died meanwhile is replaced."""
        while not self._stopped.is_set():
            left_s = deadline_s - time.monotonic()
            if self._fails and not self.ready:
                raise NoWorker(self._failure)
            try:
                worker = self._idle.get(timeout=min(max(left_s, 0.0), _LOOK_S))
            except queue.Empty:
                if left_s <= 0:
                    raise NoWorker("all worker processes stayed busy until the request timed out") from None
                continue
            if not worker.pipe.poll():  # an idle process says nothing: what can be read is its end
                return worker
            self._replace(worker)
        raise NoWorker("the worker processes are being stopped")

    def _replace(self, worker: Worker) -> None:
        with self._changed:
            self._standing.discard(worker)
        _end(worker)
        self._hire()

    def _hire(self) -> None:
        thread = threading.Thread(target=self._keep_starting, name="starting a worker", daemon=True)
        self._hiring.add(thread)
        thread.start()

    def _keep_starting(self) -> None:
        try:
            self._try_to_start()
        finally:
            self._hiring.discard(threading.current_thread())

    def _try_to_start(self) -> None:
        """Start a process, again and again until one has started."""
        while not self._stopped.is_set():
            try:
                worker = self._start()
            except WorkerError as error:
                failure = str(error)
            else:
                with self._changed:
                    self._starting.add(worker)
                if not self._stopped.is_set():  # else nobody may have ended it
                    connection.wait([worker.pipe], worker.left_s)
                answer = STARTED if self._stopped.is_set() else worker.answer()
                failure = answer.error if isinstance(answer, Lost) else ""
                with self._changed:
                    self._starting.discard(worker)
                    kept = not failure and not self._stopped.is_set()
                    if kept:
                        self._standing.add(worker)
                if kept:
                    self._idle.put(worker)
                else:
                    _end(worker)
            with self._changed:
                self._failed_starts, self._failure = self._failed_starts + 1 if failure else 0, failure
                self._changed.notify_all()
            if not failure:
                return
            if self._fails:
                self._stopped.wait(_AGAIN_S)


def _kill(worker: Worker) -> None:
    """Kill a process, and what it may have started: each leads a group of its own as soon as it can."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(worker.pid, signal.SIGKILL)
            return
    worker.kill()


def _end(worker: Worker) -> None:
    _kill(worker)
    worker.stop()


def _prepared(prepare: Callable[[], None] | None) -> None:
    """A group of its own, which no Ctrl-C reaches; and deaf to SIGTERM: who starts these processes ends them."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if prepare is not None:
        prepare()
