"""Call one function many times, here, in other processes or on a cluster, with bit-identical results."""

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import cloudpickle
from joblib import Parallel, delayed

from ..errors import whole_number
from .dask_jobs import current
from .one_call import CallResult, call_here, call_packed


def step_counter(progress: Callable[[int, int], None] | None, total: int) -> Callable[..., None]:
    """Return a callback, to be called after each of `total` steps, that calls ``progress(done, total)``."""
    numbers = count(1)

    def done(*_: object) -> None:
        if progress is not None:
            progress(next(numbers), total)

    return done


def run_jobs(
    function: Callable,
    items: Sequence,
    *,
    data: tuple = (),
    given: tuple = (),
    n_jobs: int = 1,
    done: Callable[[], None] | None = None,
) -> Iterator[Any]:
    """Yield ``function(*data, *given, item)`` for each item, in order.

    Parameters
    ----------
    function : callable
        A function of a module.
    items : sequence
    data : tuple
        Arguments that are large arrays or frames.
    given : tuple
        Further arguments, including estimators and functions of the user.
    n_jobs : int
        Number of processes; ignored within :func:`prosody_ser.parallel.dask_jobs.dask_cluster`.
    done : callable, optional
        Called after each item, in this process.

    Yields
    ------
    object
        The results. Warnings in another process are repeated here.
    """
    whole_number("the number of jobs", n_jobs, 1)
    answers: Iterable[CallResult]
    if (cluster := current()) is not None:
        answers = cluster.answers(function, items, data, given)
    elif min(n_jobs, len(items)) == 1:
        answers = ((call_here(function, data, given, item), []) for item in items)
    else:
        packed = cloudpickle.dumps((function, given))
        # Between two calls, joblib replaces a process whose memory has grown. Nothing is lost, so no warning is shown.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
        calls = (delayed(_elsewhere)(sys.path, packed, data, item) for item in items)
        answers = Parallel(n_jobs=n_jobs, return_as="generator")(calls)
    for result, caught in answers:
        for warning in caught:
            warnings.warn_explicit(*warning)
        if done is not None:
            done()
        yield result


def _elsewhere(path: list[str], packed: bytes, data: tuple, item: Any) -> CallResult:
    # The process may have started before the caller changed sys.path, for example for a module of the user.
    sys.path.extend(place for place in path if place not in sys.path)
    return call_packed(packed, data, item)
