"""Clips measured in processes that may hang or die: each costs its own clip, never the run."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager

import numpy as np
from pebble import ProcessExpired, ProcessPool
from threadpoolctl import threadpool_limits

from .features import Job, Measured, measure_file, measure_samples

#: For one clip or one batch; an hour of speech takes about a minute.
TIMEOUT_S = 600
#: Clips handed to a worker at a time, at the most: handing over costs about a millisecond, a clip ten or twenty.
BATCH = 8
_STOPPING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}


def measure_all(paths: Sequence[str], job: Job, jobs: int) -> Iterator[tuple[int, Measured]]:
    """Measure every file.

    Parameters
    ----------
    paths : sequence of str
    job : Job
    jobs : int
        Processes; 1 to stay in this one.

    Yields
    ------
    index : int
        Of the path. They come as they are done.
    measured : Measured
    """
    if jobs == 1 or len(paths) < 2:
        with threadpool_limits(1):  # as in the workers: BLAS rounds differently on several threads
            for i, path in enumerate(paths):
                yield i, measure_file(path, job)
        return
    _warm_up(job)
    pool = ProcessPool(max_workers=min(jobs, len(paths)), initializer=_prepare_worker, context=_start_method())
    pending: dict[Future, list[int]] = {}

    def schedule(indices):
        pending[pool.schedule(_measure_batch, args=([paths[i] for i in indices], job), timeout=TIMEOUT_S)] = indices

    try:
        with _signals_wait():
            size = max(1, min(BATCH, len(paths) // (4 * jobs)))
            for first in range(0, len(paths), size):
                schedule(list(range(first, min(first + size, len(paths)))))
        while pending:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                indices = pending.pop(future)
                results = _outcome(future)
                if isinstance(results, list):
                    yield from zip(indices, results, strict=True)
                elif len(indices) == 1:
                    yield indices[0], results
                else:  # one of the batch is to blame: each on its own will tell which
                    for i in indices:
                        schedule([i])
        pool.close()
    finally:  # also when interrupted: no worker is left behind
        pool.stop()
        pool.join()


def _measure_batch(paths: list[str], job: Job) -> list[Measured]:
    return [measure_file(path, job) for path in paths]


def _outcome(future: Future) -> list[Measured] | Measured:
    """What a batch came to: its results, or what to say of a clip that was alone in it."""
    try:
        return future.result()
    except TimeoutError:
        return Measured({"status": "timed_out", "error": f"not measured within {TIMEOUT_S} s"})
    except ProcessExpired as died:
        return Measured({"status": "crashed", "error": f"the process measuring it died (exit code {died.exitcode})"})


@contextmanager
def _signals_wait():
    """Hold signals back while workers start: Python drops what a handler raises in the middle of a fork."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _warm_up(job: Job) -> None:
    """Measure a buzz before any worker starts: what it imports, compiles and caches, forked workers have already."""
    rate_hz = 16000
    buzz = np.arange(rate_hz // 2) % (rate_hz // 100) / rate_hz
    measure_samples(buzz, rate_hz, job)


def _start_method():
    # fork needs no `if __name__ == "__main__"` in a user's script and starts at once; only Linux does it safely.
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _prepare_worker() -> None:
    """One thread, open to signals, silent: decoders print notes of their own, and each clip's row says what failed."""
    threadpool_limits(1)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
