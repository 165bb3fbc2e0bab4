"""Recordings measured in processes: one that hangs or dies costs the recording that it was at."""

from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial

from ..audio.frames import SAMPLE_RATE_HZ
from ..contours.warm_up import BUZZ, compile_kernels
from ..features import Job, Measured, Task, measure_samples, measure_task
from ..parallel.one_thread import one_thread
from ..parallel.worker_pool import STARTING, Lost, in_processes

#: For each minute of audio begun. Measuring one takes less than a second.
TIMEOUT_S = 60.0
#: Clips handed to a process at a time, at the most: handing over costs about a millisecond, a clip ten or twenty.
BATCH = 8


def measure_all(
    tasks: Iterable[Task], job: Job, jobs: int, timeout_s: float = TIMEOUT_S, batch: int = BATCH
) -> Generator[tuple[Task, list[Measured]], None, None]:
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
    warm_up = partial(_warm_up, replace(job, plugin=None))  # the user's own module may hang or end the process
    with STARTING:  # a process that another thread forks meanwhile would wait for what is half done here
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
    """Measure recordings in this process, as :func:`measure_all` does in others."""
    with one_thread():  # as in the workers: on several threads BLAS rounds differently
        for task in tasks:
            yield task, measure_task(task, job)


def is_long(task: Task) -> bool:
    """Whether a recording is worth handing over on its own."""
    return task.minutes > 1


def lost(what: Lost) -> Measured:
    """The row of a recording that cost its process."""
    return Measured({"status": what.status, "error": what.error})


def _warm_up(job: Job) -> None:
    """Measure a buzz: what that imports, compiles and caches, forked processes have from their start."""
    compile_kernels()
    measure_samples(BUZZ, SAMPLE_RATE_HZ, job)
