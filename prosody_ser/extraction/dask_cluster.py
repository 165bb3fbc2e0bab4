"""Measure recordings with the workers of a Dask cluster, which can be on other machines.

The files are not sent: every worker must see them under the same path, for example on a shared disk. Each worker
measures in its own processes (:mod:`prosody_ser.extraction.workers`). If one of them hangs or dies, only its clip is
lost and not the worker, whose threads Dask could not stop. A clip with which several workers died is ``crashed``.

Rows are cached permanently, under a key for everything that computed them. Therefore every answer says what computed
it on its worker. An answer from another release, other libraries or another version of the plugin ends the run.
"""

import os
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from functools import partial

from ..features import Job, Measured, Task, computed_by
from ..parallel.dask_cluster import connected
from ..parallel.worker_pool import Lost
from .workers import BATCH, is_long, lost, measure_all


def measure_on_cluster(
    tasks: Iterable[Task], job: Job, scheduler: str, timeout_s: float, batch: int = BATCH
) -> Generator[tuple[Task, list[Measured]], None, None]:
    """Measure recordings on a Dask cluster, like :func:`prosody_ser.extraction.workers.measure_all` in processes.

    Parameters
    ----------
    tasks, job, scheduler, timeout_s, batch
        As for that function; `scheduler` is an address, ``tcp://host:port``.

    Raises
    ------
    WorkerError
        If Dask is not installed, no scheduler with workers answers, the workers cannot run the package's code, or one
        of them would compute other values than this process.
    """
    there = (replace(task, path=os.path.abspath(task.path)) for task in tasks)
    measure = partial(_measured, job, timeout_s)
    with connected(scheduler, "run the command again: finished recordings are kept") as cluster:
        outcomes = cluster.outcomes(measure, there, partial(computed_by, job), batch=batch, alone=is_long)
        with closing(outcomes):
            for task, rows in outcomes:
                yield task, [lost(rows)] if isinstance(rows, Lost) else rows


def _measured(job: Job, timeout_s: float, tasks: list[Task]) -> list[tuple[Task, list[Measured]]]:
    return list(measure_all(tasks, job, 1, timeout_s, len(tasks)))
