"""Recordings measured by the workers of a Dask cluster, on other machines perhaps.

The files themselves are not sent: every worker sees them under the same path, as on a shared disk. On each worker
processes of our own measure (:mod:`prosody_ser.extraction.workers`): one that hangs or dies costs its clip, not the
worker, whose threads Dask could not stop. Dask gives the tasks of a worker that dies to another one. A batch that
several workers died of is tried once more, each clip alone; then a clip is ``crashed``.
"""

import multiprocessing
import os
from collections.abc import Generator, Iterable
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

from ..errors import WorkerError
from ..features import Job, Measured, Task
from ..parallel.worker_pool import ItemQueue, Lost
from .workers import BATCH, is_long, lost, measure_all

CONNECT_S = 30
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
                here = [replace(task, path=os.path.abspath(task.path)) for task in some]
                pending[client.submit(_measure, here, job, timeout_s, pure=False)] = some, second_try
            try:
                finished = wait(list(pending), timeout=CONNECT_S, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                _threads(client, scheduler)  # are there still any?
                continue
            except CancelledError as error:
                raise WorkerError(
                    f"{scheduler}: the Dask scheduler is gone; run it again, what is done is kept"
                ) from error
            for future in finished:
                some, second_try = pending.pop(future)
                if future.status == "finished":
                    yield from future.result()
                elif not isinstance(future.exception(), KilledWorker):
                    raise WorkerError(f"{scheduler}: its workers fail ({future.exception()})") from future.exception()
                elif second_try:
                    yield some[0], [lost(Lost("crashed", "the workers at it died"))]
                else:
                    queue.put_back(some)


def _threads(client: Any, scheduler: str) -> int:
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        raise WorkerError(f"{scheduler}: the Dask scheduler has no workers") from error
    return sum(client.nthreads().values())


def _measure(tasks: list[Task], job: Job, timeout_s: float) -> list[tuple[Task, list[Measured]]]:
    # Dask's nannies make workers that may have no processes; ours end with the worker, which is what that is for.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    return list(measure_all(tasks, job, 1, timeout_s, len(tasks)))
