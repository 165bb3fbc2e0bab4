"""Recordings measured by the workers of a Dask cluster, on other machines perhaps.

The files themselves are not sent: every worker sees them under the same path, as on a shared disk. On each worker
processes of our own measure (:mod:`prosody_ser.extraction.workers`): one that hangs or dies costs its clip, not the
worker, whose threads Dask could not stop. Dask gives the tasks of a worker that dies to another one. A batch that
several workers died of is tried once more, each clip alone; then a clip is ``crashed``.

Rows are kept for good, under a key that says what computed them. So every answer says what computed it on its worker,
and one of another release, of other libraries or of another version of the user's module ends the run.
"""

import asyncio
import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..errors import ProsodySerError, WorkerError
from ..features import Job, Measured, Task, computed_by
from ..parallel.worker_pool import ItemQueue, Lost
from .workers import BATCH, is_long, lost, measure_all

#: A scheduler that does not answer for so long is given up, at the start and later.
CONNECT_S = 30
#: How often a scheduler without workers is asked whether there are some by now.
_ASK_AGAIN_S = 0.2
#: Batches that each thread of the cluster has before it, so that it need not wait for us.
_AHEAD = 2


def measure_on_cluster(
    tasks: Iterable[Task], job: Job, scheduler: str, timeout_s: float, batch: int = BATCH
) -> Generator[tuple[Task, list[Measured]], None, None]:
    """Measure recordings on a Dask cluster; as :func:`prosody_ser.extraction.workers.measure_all`.

    Parameters
    ----------
    tasks, job, scheduler, timeout_s, batch
        As there; `scheduler` is an address, ``tcp://host:port``.

    Raises
    ------
    WorkerError
        If Dask is not installed, no scheduler with workers answers, its workers cannot run our code, or one of them
        would compute other values than this process.
    """
    try:
        from distributed import KilledWorker, wait
    except ImportError as error:
        raise WorkerError("--scheduler needs Dask: pip install 'prosody-ser[dask]'") from error
    ours = computed_by(job)
    with _client(scheduler) as client:
        n_threads = _threads(client, scheduler)
        queue = ItemQueue(tasks, batch, _AHEAD * n_threads, is_long)
        pending: dict = {}
        while queue or pending:
            while queue and len(pending) < _AHEAD * n_threads:
                some, second_try = queue.take()
                here = [replace(task, path=os.path.abspath(task.path)) for task in some]
                pending[client.submit(measure_if_alike, here, job, timeout_s, ours, pure=False)] = some, second_try
            finished = _patiently(partial(wait, list(pending), return_when="FIRST_COMPLETED"), client, scheduler).done
            for future in finished:
                some, second_try = pending.pop(future)
                if future.status == "finished":
                    yield from _believed(_patiently(future.result, client, scheduler), ours, scheduler)
                elif not isinstance(future.exception(), KilledWorker):
                    raise _failure(future.exception(), scheduler, ours) from future.exception()
                elif second_try:
                    yield some[0], [lost(Lost("crashed", "the workers at it died"))]
                else:
                    queue.put_back(some)


@contextlib.contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler, closed at the end whether the scheduler still answers or not."""
    from distributed import Client

    try:
        with ThreadPoolExecutor(1) as thread:  # a notebook runs a loop of its own in this one
            thread.submit(asyncio.run, asyncio.wait_for(_greet(scheduler), CONNECT_S)).result()
        client = Client(scheduler, timeout=CONNECT_S)
    except Exception as error:  # whatever it is that is there, and answers something else
        raise WorkerError(f"{scheduler}: no Dask scheduler answers there") from error
    try:
        yield client
    finally:
        with contextlib.suppress(TimeoutError, OSError):  # a scheduler that has gone mute does not say goodbye
            client.close(timeout=CONNECT_S / 10)


async def _greet(scheduler: str) -> None:
    """Connect and go again: Dask's client itself would wait without end for the first word of what listens there."""
    from distributed.comm import connect
    from distributed.security import Security

    greeted = await connect(scheduler, timeout=CONNECT_S, **Security().get_connection_args("client"))
    greeted.abort()


def _patiently(call: Callable, client: Any, scheduler: str) -> Any:
    """What a call gives, however long it takes, as long as the scheduler answers and has workers."""
    while True:
        try:
            return call(timeout=CONNECT_S)
        except TimeoutError:
            _threads(client, scheduler)
        except CancelledError as error:
            raise WorkerError(f"{scheduler}: the Dask scheduler is gone; run it again, what is done is kept") from error


def _threads(client: Any, scheduler: str) -> int:
    """How many threads the workers have in all; those who are on their way are waited for."""
    deadline = time.monotonic() + CONNECT_S
    while True:
        try:
            n_threads = sum(client.nthreads(callback_timeout=CONNECT_S).values())
        except (TimeoutError, OSError) as error:
            raise WorkerError(
                f"{scheduler}: the Dask scheduler does not answer, {CONNECT_S} s long; start it anew, then run this "
                "again: what is done is kept"
            ) from error
        if n_threads:
            return n_threads
        if time.monotonic() > deadline:
            raise WorkerError(f"{scheduler}: the Dask scheduler has no workers")
        time.sleep(_ASK_AGAIN_S)


@dataclass(frozen=True)
class Answer:
    """What a worker says."""

    worker: str  #: its address
    computed_by: dict[str, str]  #: as :func:`prosody_ser.features.computed_by` gives it there
    rows: list[tuple[Task, list[Measured]]]  #: nothing where that is not what was asked for


def measure_if_alike(tasks: list[Task], job: Job, timeout_s: float, ours: dict[str, str]) -> Answer:
    """Measure recordings on a worker, if it computes what the process that asks would compute.

    Releases before this one have no function of this name, so that they cannot answer it.
    """
    from distributed import get_worker

    # Dask's nannies make workers that may have no processes; ours end with the worker, which is what that is for.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    theirs = computed_by(job)
    rows = list(measure_all(tasks, job, 1, timeout_s, len(tasks))) if theirs == ours else []
    return Answer(get_worker().address, theirs, rows)


def _believed(answer: Answer, ours: dict[str, str], scheduler: str) -> list[tuple[Task, list[Measured]]]:
    theirs = answer.computed_by
    if theirs == ours:
        return answer.rows
    names = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
    differs = ", ".join(f"{name} {theirs.get(name, 'none')} there and {ours.get(name, 'none')} here" for name in names)
    raise WorkerError(
        f"{scheduler}: the worker {answer.worker} would compute other values ({differs}); none of its rows were taken. "
        "Install the same versions there and here, start the worker anew, then run this again"
    )


def _failure(error: BaseException, scheduler: str, ours: dict[str, str]) -> ProsodySerError:
    if isinstance(error, ProsodySerError):
        return error
    return WorkerError(
        f"{scheduler}: its workers fail ({error}); do all of them, and the scheduler, have prosody-ser "
        f"{ours['prosody-ser']} and its libraries, as here?"
    )
