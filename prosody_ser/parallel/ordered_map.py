"""Many calls of one function, here or in other processes, with the same results to the bit."""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cloudpickle
from joblib import Parallel, delayed

from ..errors import whole_number
from .one_thread import one_thread


def run_jobs(
    function: Callable, items: Sequence, *, data: tuple = (), given: tuple = (), n_jobs: int = 1
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
        Processes.

    Yields
    ------
    object
        Warnings given in another process are given again here.

    Raises
    ------
    ProtocolError
        If `n_jobs` is no whole number from 1 on.
    """
    whole_number("the number of jobs", n_jobs, 1)
    if min(n_jobs, len(items)) == 1:
        for item in items:
            yield _here(function, data, given, item)
        return
    packed = cloudpickle.dumps((function, given))
    calls = (delayed(_elsewhere)(sys.path, packed, data, item) for item in items)
    for found, caught in Parallel(n_jobs=n_jobs, return_as="generator")(calls):
        for warning in caught:
            warnings.warn_explicit(*warning)
        yield found


def _here(function: Callable, data: tuple, given: tuple, item: Any) -> Any:
    with one_thread():  # BLAS rounds differently on several threads, and the jobs share the cores
        return function(*data, *given, item)


def _elsewhere(path: list[str], packed: bytes, data: tuple, item: Any) -> tuple[Any, list[tuple]]:
    # The process may be older than what the caller has imported since, a user's module for one.
    sys.path.extend(place for place in path if place not in sys.path)
    function, given = cloudpickle.loads(packed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = _here(function, data, given, item)
    return found, [(w.message, w.category, w.filename, w.lineno) for w in caught]
