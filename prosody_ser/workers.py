"""Recordings measured in processes that may hang or die: each costs its own rows, never the run.

Every worker has a pipe of its own. Pools whose workers share one (concurrent.futures, joblib, pebble) stop, or wait for
a minute, when a worker is killed while it holds the pipe's lock or is in the middle of a message.
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
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing import connection

import numpy as np
from threadpoolctl import threadpool_limits

from .errors import WorkerError
from .features import Job, Measured, Task, measure_samples, measure_task

#: For each minute of audio begun. Measuring one takes less than a second.
TIMEOUT_S = 60.0
#: Clips handed to a worker at a time, at the most: handing over costs about a millisecond, a clip ten or twenty.
BATCH = 8
#: For a worker to start, which takes less than a second when its libraries are in the disk's cache.
START_S = 120.0
#: So many workers dying in a row before they measure anything: the machine's fault or ours, not the recordings'.
MAX_STILLBORN = 5
_STOPPING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def measure_all(
    tasks: Iterable[Task], job: Job, jobs: int, timeout_s: float = TIMEOUT_S, batch: int = BATCH
) -> Iterator[tuple[Task, list[Measured]]]:
    """Measure recordings in worker processes.

    Parameters
    ----------
    tasks : iterable of Task
        Taken as they are needed.
    job : Job
    jobs : int
        Processes.
    timeout_s : float
        What a recording may take for each minute begun. One that takes longer, or whose process dies, is tried once
        more, alone; then it is ``timed_out`` or ``crashed``.
    batch : int
        Clips handed over at a time, at the most.

    Yields
    ------
    task : Task
        They come as they are done.
    rows : list of Measured

    Raises
    ------
    WorkerError
        If processes die before they measure anything.
    """
    queue = TaskQueue(tasks, batch, ahead=jobs)
    if not queue:
        return
    _warm_up(job)
    workers: list[_Worker] = []
    stillborn = 0
    try:
        while queue or any(worker.tasks for worker in workers):
            idle = [worker for worker in workers if not worker.tasks]
            for _ in range(min(jobs - len(workers), len(queue) - len(idle))):
                workers.append(_Worker(job, workers))
            for worker in idle:
                if worker.ready and queue:
                    worker.give(*queue.take(), timeout_s)
            for worker in _until_something_happens(workers):
                outcome = worker.outcome()
                if outcome == _STARTED:
                    stillborn = 0
                elif isinstance(outcome, list):
                    yield from worker.finish(outcome)
                elif isinstance(outcome, Measured):
                    workers.remove(worker)
                    worker.stop()
                    stillborn += not worker.ready
                    if stillborn > MAX_STILLBORN:
                        raise WorkerError(f"worker processes die at their start: {outcome.facts['error']}")
                    if worker.second_try:
                        yield from worker.finish([[outcome]])
                    else:  # one of these is to blame: each on its own will tell which
                        queue.put_back(worker.tasks)
    finally:  # also when interrupted: no worker is left behind
        for worker in workers:
            worker.stop()


class TaskQueue:
    """What is still to be measured: batches of clips, longer recordings alone, and alone what has failed once.

    Its length counts the batches that are made up, of which there are as many as workers could take at once.
    """

    def __init__(self, tasks: Iterable[Task], batch: int, ahead: int):
        self._tasks = iter(tasks)
        self._batch, self._ahead = batch, ahead
        self._again: deque[Task] = deque()
        self._batches: deque[list[Task]] = deque()
        self._begun: list[Task] = []
        self._fill()

    def __len__(self) -> int:
        return len(self._again) + len(self._batches)

    def take(self) -> tuple[list[Task], bool]:
        """The next batch, and whether it is a second try."""
        if self._again:
            return [self._again.popleft()], True
        batch = self._batches.popleft()
        self._fill()
        return batch, False

    def put_back(self, tasks: list[Task]) -> None:
        """To be tried once more, each alone."""
        self._again.extend(tasks)

    def _fill(self) -> None:
        while len(self._batches) < self._ahead:
            task = next(self._tasks, None)
            if task is not None and task.minutes > 1:
                self._batches.append([task])
                continue
            if task is not None:
                self._begun.append(task)
            if self._begun and (task is None or len(self._begun) == self._batch):
                self._batches.append(self._begun)
                self._begun = []
            if task is None:
                return


#: What a worker sends first.
_STARTED = "started"


class _Worker:
    """A process, the pipe to it, and what it is at.

    Attributes
    ----------
    tasks : list of Task
        Empty when it is idle.
    ready : bool
        Whether it has started.
    second_try : bool
        Whether its task has failed before.
    """

    def __init__(self, job: Job, others: list["_Worker"]):
        context = _start_method()
        self.connection, theirs = context.Pipe()
        # A forked process has the parent's ends of all pipes too, and would keep them open when the parent is gone.
        inherited = [o.connection for o in (self, *others)] if context.get_start_method() == "fork" else []
        self._process = context.Process(target=_serve, args=(theirs, inherited, job), daemon=True)
        with _signals_wait(), warnings.catch_warnings():
            # Python 3.12 warns of fork where a progress bar runs a thread; the child touches nothing that it locks.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        theirs.close()
        self.tasks: list[Task] = []
        self.ready = self.second_try = False
        self._limit_s = START_S
        self._deadline_s = time.monotonic() + START_S

    def give(self, tasks: list[Task], second_try: bool, timeout_s: float) -> None:
        """Hand over tasks; the time for them starts to run."""
        self.tasks, self.second_try = tasks, second_try
        self._limit_s = timeout_s * max(task.minutes for task in tasks)
        self._deadline_s = time.monotonic() + self._limit_s
        with contextlib.suppress(OSError):  # dead already: reading its answer will tell
            self.connection.send(tasks)

    @property
    def left_s(self) -> float:
        """Time left for its tasks."""
        return max(0.0, self._deadline_s - time.monotonic())

    def outcome(self) -> str | list[list[Measured]] | Measured:
        """What it sends: that it has started, or the rows of each task; or what to say of the task it died of."""
        try:
            if self.connection.poll():
                message = self.connection.recv()
                if not self.ready:
                    self.ready, self._deadline_s = True, math.inf
                return message
        except (EOFError, OSError, pickle.UnpicklingError):
            self._process.join(1)
            code = self._process.exitcode
            return Measured({"status": "crashed", "error": f"the process measuring it died (exit code {code})"})
        return Measured({"status": "timed_out", "error": f"not measured within {self._limit_s:g} s"})

    def finish(self, rows: list[list[Measured]]) -> list[tuple[Task, list[Measured]]]:
        """Its tasks with their rows; it is idle then."""
        finished = list(zip(self.tasks, rows, strict=True))
        self.tasks, self.second_try, self._deadline_s = [], False, math.inf
        return finished

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _until_something_happens(workers: list[_Worker]) -> list[_Worker]:
    """Wait for answers, deaths or the end of a time limit: of whom."""
    left_s = min(worker.left_s for worker in workers)
    heard = connection.wait([w.connection for w in workers], None if math.isinf(left_s) else left_s)
    return [w for w in workers if w.connection in heard or w.left_s == 0]


def _serve(own, inherited, job: Job) -> None:
    """What a worker process does until its parent closes the pipe."""
    for end in inherited:
        end.close()
    _prepare_worker(job)
    own.send(_STARTED)
    with contextlib.suppress(EOFError, OSError):  # the parent has gone
        while True:
            own.send([measure_task(task, job) for task in own.recv()])


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold signals back while a worker starts: Python drops what a handler raises in the middle of a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _warm_up(job: Job) -> None:
    """Measure a buzz: what that imports, compiles and caches, forked workers have from their start.

    Without the user's own module, which may hang or end the process.
    """
    rate_hz = 16000
    buzz = np.arange(rate_hz // 2) % (rate_hz // 100) / rate_hz
    measure_samples(buzz, rate_hz, replace(job, plugin=None))


def _start_method():
    # fork needs no `if __name__ == "__main__"` in a user's script and starts at once; only Linux does it safely.
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _prepare_worker(job: Job) -> None:
    """One thread, gone with its parent, silent: decoders print notes of their own, and each row says what failed."""
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and stops its workers
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - a thread of the parent may have held the old one's lock
    threadpool_limits(1)
    _warm_up(job)


def _die_with_parent() -> None:
    """However the parent ends: it may be killed without a chance to stop us."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it died before that
            os._exit(1)
        return

    def watch():
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
