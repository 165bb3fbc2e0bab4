"""Measure recordings in worker processes; if one hangs or dies, only its recording is lost."""

from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial

from ..audio.frames import SAMPLE_RATE_HZ
from ..features import Job, Measured, Task, measure_samples, measure_task
from ..measures.warm_up import BUZZ, compile_kernels
from ..parallel.one_thread import one_thread
from ..parallel.worker_pool import STARTING, Lost, in_processes

#: Time limit for each started minute of audio; measuring one takes less than a second.
TIMEOUT_S = 60.0
#: Largest number of clips sent to a process at a time: sending takes about 1 ms, measuring a clip 10 to 20 ms.
BATCH = 8


def measure_all(
    tasks: Iterable[Task], job: Job, jobs: int, timeout_s: float = TIMEOUT_S, batch: int = BATCH
) -> Generator[tuple[Task, list[Measured]], None, None]:
    """Measure recordings in worker processes.

    Parameters
    ----------
    tasks : iterable of Task
        Consumed as needed.
    job : Job
    jobs : int
        Number of processes.
    timeout_s : float
        Time limit for each started minute. A recording that takes longer, or whose process dies, is tried once more,
        alone; if that fails, too, its status is ``timed_out`` or ``crashed``.
    batch : int
        Largest number of clips sent at a time.

    Yields
    ------
    task : Task
        In order of completion.
    rows : list of Measured

    Raises
    ------
    WorkerError
        If processes die before they measure anything.
    """
    warm_up = partial(_warm_up, replace(job, plugin=None))  # the user's module may hang or end the process
    with STARTING:  # a process that another thread forks meanwhile could wait forever for an import
        warm_up()
    outcomes = in_processes(
        partial(measure_task, job=job),
        tasks,
        jobs,
        lambda task: timeout_s * task.minutes,
        batch=batch,
        alone=is_long,
        prepare=warm_up,
    )
    for task, rows in outcomes:
        yield task, [lost(rows)] if isinstance(rows, Lost) else rows


def measure_here(tasks: Iterable[Task], job: Job) -> Generator[tuple[Task, list[Measured]], None, None]:
    """Measure recordings in this process, like :func:`measure_all` in other processes."""
    with one_thread():  # as in the workers, because BLAS rounds differently on several threads
        for task in tasks:
            yield task, measure_task(task, job)


def is_long(task: Task) -> bool:
    """Return whether a recording is long enough to be sent on its own."""
    return task.minutes > 1


def lost(what: Lost) -> Measured:
    """Return the row of a recording whose process hung or died."""
    return Measured({"status": what.status, "error": what.error})


def _warm_up(job: Job) -> None:
    """Measure a buzz, so that forked processes inherit everything that is imported, compiled and cached for it."""
    compile_kernels()
    measure_samples(BUZZ, SAMPLE_RATE_HZ, job)
