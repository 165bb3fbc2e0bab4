"""Recordings measured by the workers of a Dask cluster, on other machines perhaps.

The files themselves are not sent: every worker sees them under the same path, as on a shared disk. Dask gives the
tasks of a worker that dies to another one. A batch that several workers died of is tried once more, each clip alone;
then a clip is ``crashed``. What Dask cannot do is to end a task that hangs: its clip is given up as ``timed_out`` and
the run goes on, but the thread of that worker is lost.
"""

import os
import time
from collections.abc import Generator, Iterable
from dataclasses import replace

from threadpoolctl import threadpool_limits

from .errors import WorkerError
from .features import Job, Measured, Task, measure_task
from .processes import ItemQueue, Lost
from .workers import BATCH, is_long, lost

CONNECT_S = 30
#: Batches that each thread of the cluster has before it, so that it need not wait for us.
_AHEAD = 2


def measure_on_cluster(
    tasks: Iterable[Task], job: Job, scheduler: str, timeout_s: float, batch: int = BATCH
) -> Generator[tuple[Task, list[Measured]], None, None]:
    """Measure recordings on a Dask cluster; as :func:`prosody_ser.workers.measure_all`.

    Parameters
    ----------
    scheduler : str
        Its address, ``tcp://host:port``.

    Raises
    ------
    WorkerError
        If Dask is not installed, no scheduler with workers answers, or its workers cannot run our code.
    """
    try:
        from distributed import Client, KilledWorker, wait
    except ImportError as error:
        raise WorkerError("--scheduler needs Dask: pip install 'prosody-ser[dask]'") from error
    try:
        client = Client(scheduler, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise WorkerError(f"{scheduler}: no Dask scheduler answers there") from error
    with client:
        n_threads = _threads(client, scheduler)
        queue = ItemQueue(tasks, batch, _AHEAD * n_threads, is_long)
        pending: dict = {}
        while queue or pending:
            while queue and len(pending) < _AHEAD * n_threads:
                some, second_try = queue.take()
                # Others may be before it at its worker, so it has their time too.
                limit_s = (_AHEAD + 1) * timeout_s * max(task.minutes for task in some)
                here = [replace(task, path=os.path.abspath(task.path)) for task in some]
                future = client.submit(_measure, here, job, pure=False)
                pending[future] = some, second_try, time.monotonic() + limit_s
            left_s = min(deadline for _, _, deadline in pending.values()) - time.monotonic()
            try:
                finished = set(wait(list(pending), timeout=max(left_s, 0.01), return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                finished = set()
            overdue = {future for future, (_, _, deadline) in pending.items() if deadline < time.monotonic()}
            for future in finished | overdue:
                some, second_try, _ = pending.pop(future)
                if future.status == "finished":
                    yield from zip(some, future.result(), strict=True)
                    continue
                if future in finished and not isinstance(future.exception(), KilledWorker):
                    raise WorkerError(f"{scheduler}: its workers fail ({future.exception()})") from future.exception()
                if not second_try:
                    queue.put_back(some)
                elif future in finished:
                    yield some[0], [lost(Lost("crashed", "the workers at it died"))]
                else:
                    yield some[0], [lost(Lost("timed_out", f"not done within {timeout_s:g} s a minute"))]
                future.cancel()


def _threads(client, scheduler) -> int:
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        raise WorkerError(f"{scheduler}: the Dask scheduler has no workers") from error
    return sum(client.nthreads().values())


def _measure(tasks: list[Task], job: Job) -> list[list[Measured]]:
    with threadpool_limits(1):  # as in our own workers: BLAS rounds differently on several threads
        return [measure_task(task, job) for task in tasks]
