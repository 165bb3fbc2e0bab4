"""Recordings measured by the workers of a Dask cluster, on other machines perhaps.

The files themselves are not sent: every worker sees them under the same path, as on a shared disk. On each worker
processes of our own measure (:mod:`prosody_ser.extraction.workers`): one that hangs or dies costs its clip, not the
worker, whose threads Dask could not stop. A clip that several workers died of is ``crashed``.

Rows are kept for good, under a key that says what computed them. So every answer says what computed it on its worker,
and one of another release, of other libraries or of another version of the user's module ends the run.
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
    there = (replace(task, path=os.path.abspath(task.path)) for task in tasks)
    measure = partial(_measured, job, timeout_s)
    with connected(scheduler, "run the command again: finished recordings are kept") as cluster:
        outcomes = cluster.outcomes(measure, there, partial(computed_by, job), batch=batch, alone=is_long)
        with closing(outcomes):
            for task, rows in outcomes:
                yield task, [lost(rows)] if isinstance(rows, Lost) else rows


def _measured(job: Job, timeout_s: float, tasks: list[Task]) -> list[tuple[Task, list[Measured]]]:
    return list(measure_all(tasks, job, 1, timeout_s, len(tasks)))
