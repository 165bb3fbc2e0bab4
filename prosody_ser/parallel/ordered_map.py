"""Many calls of one function, here, in other processes or on a cluster, with the same results to the bit."""

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import cloudpickle
from joblib import Parallel, delayed

from ..errors import whole_number
from .dask_jobs import current
from .one_call import Told, call_here, call_packed


def step_counter(progress: Callable[[int, int], None] | None, total: int) -> Callable[..., None]:
    """What is to be called after each of `total` steps, with whatever, and calls ``progress(done, total)`` in turn."""
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
    """Yield ``function(*data, *given, item)`` for each item, in their order.

    Parameters
    ----------
    function : callable
        A module's function.
    items : sequence
    data : tuple
        Arguments that are large arrays or frames.
    given : tuple
        Further arguments, a user's estimators and functions among them.
    n_jobs : int
        Processes; not looked at within :func:`prosody_ser.parallel.dask_jobs.dask_cluster`, whose workers do the jobs.
    done : callable, optional
        Called after each item, in this process.

    Yields
    ------
    object
        Warnings given in another process are given again here.
    """
    whole_number("the number of jobs", n_jobs, 1)
    answers: Iterable[Told]
    if (cluster := current()) is not None:
        answers = cluster.answers(function, items, data, given)
    elif min(n_jobs, len(items)) == 1:
        answers = ((call_here(function, data, given, item), []) for item in items)
    else:
        packed = cloudpickle.dumps((function, given))
        # joblib renews a process whose memory grew, between two calls: nothing is lost, and the work has said nothing.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
        calls = (delayed(_elsewhere)(sys.path, packed, data, item) for item in items)
        answers = Parallel(n_jobs=n_jobs, return_as="generator")(calls)
    for result, caught in answers:
        for warning in caught:
            warnings.warn_explicit(*warning)
        if done is not None:
            done()
        yield result


def _elsewhere(path: list[str], packed: bytes, data: tuple, item: Any) -> Told:
    # The process may be older than what the caller has imported since, a user's module for one.
    sys.path.extend(place for place in path if place not in sys.path)
    return call_packed(packed, data, item)
