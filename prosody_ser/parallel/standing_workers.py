"""Processes that wait for calls, one after the other; a process that hangs or dies is replaced.

They are forked from the fork server of Python's multiprocessing (or spawned, if there is none), so that they do not
inherit what the caller has open, such as connections of clients.
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

#: Number of failed starts in a row that indicates a problem of the machine or the code, and the time until the next
#: attempt.
_FAILED_STARTS, _AGAIN_S = 3, 1.0
#: Interval at which a call that waits for a process checks whether to give up.
_LOOK_S = 0.2


class NoWorker(WorkerError):
    """No process was available for a call."""


class CallTimeout(WorkerError):
    """A call exceeded its time limit; its process was ended."""


class StandingWorkers:
    """A group of processes for calls of one function.

    Parameters
    ----------
    function : callable
        The function; it, its argument and its result can be pickled.
    n : int
        Number of processes.
    prepare : callable, optional
        Called once in each process before it is ready.
    preload : sequence of str
        Modules that the fork server imports, so that each process inherits them.
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
        self._standing: set[Worker] = set()  # processes that have started, idle or busy
        self._starting: set[Worker] = set()
        self._hiring: set[threading.Thread] = set()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._failed_starts, self._failure = 0, ""

    @property
    def ready(self) -> int:
        """Number of processes that have started and are alive."""
        return len(self._standing)

    @property
    def pids(self) -> list[int]:
        """Ids of the processes that have started."""
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
        """Call the function with an item; if its process dies, the process is replaced and the call repeated once.

        Parameters
        ----------
        item : object
        limit_s : float
            Time limit in s, including the wait for a process.

        Raises
        ------
        NoWorker
            If no process was available, or two died during the call.
        CallTimeout
            If the call takes longer. Its process is ended and replaced.
        """
        deadline_s = time.monotonic() + limit_s
        lost = Lost("", "")
        for second_try in (False, True):
            worker = self._take(deadline_s)
            worker.give([item], second_try, max(0.0, deadline_s - time.monotonic()))
            connection.wait([worker.pipe], worker.left_s)
            try:
                answer = worker.answer()
            except BaseException:  # an exception of the function
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
            gone, starting, hiring = list(self._standing), list(self._starting), list(self._hiring)
            self._standing.clear()
        for worker in starting:  # the thread that waits for it cleans up
            _kill(worker)
        for worker in gone:
            _end(worker)
        for thread in hiring:
            thread.join()

    def _take(self, deadline_s: float) -> Worker:
        """Return an idle process, and replace those that have died meanwhile."""
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
            if not worker.pipe.poll():  # an idle process sends nothing, so data in its pipe means that it ended
                return worker
            self._replace(worker)
        raise NoWorker("the worker processes are being stopped")

    def _replace(self, worker: Worker) -> None:
        with self._changed:
            if worker not in self._standing:  # `stop` ends it; its id may soon be that of another process
                return
            self._standing.remove(worker)
        _end(worker)
        self._hire()

    def _hire(self) -> None:
        thread = threading.Thread(target=self._keep_starting, name="starting a worker", daemon=True)
        with self._changed:  # so that `stop` meets no thread that has not started, which cannot be joined
            self._hiring.add(thread)
            thread.start()

    def _keep_starting(self) -> None:
        try:
            self._try_to_start()
        finally:
            with self._changed:
                self._hiring.discard(threading.current_thread())

    def _try_to_start(self) -> None:
        """Try to start a process until one has started."""
        while not self._stopped.is_set():
            try:
                worker = self._start()
            except WorkerError as error:
                failure = str(error)
            else:
                with self._changed:
                    self._starting.add(worker)
                if not self._stopped.is_set():  # otherwise nothing would end it
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
    """Kill a process and its children; each process leads its own process group as soon as it has started."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(worker.pid, signal.SIGKILL)
            return
    worker.kill()


def _end(worker: Worker) -> None:
    _kill(worker)
    worker.stop()


def _prepared(prepare: Callable[[], None] | None) -> None:
    """Make a process group, which Ctrl-C does not reach, and ignore SIGTERM: only the parent ends these processes."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if prepare is not None:
        prepare()
