"""Call one job, in this process or in another one, and collect its warnings."""

import warnings
from collections.abc import Callable
from typing import Any

import cloudpickle

from .one_thread import one_thread

#: Result of a job, and its warnings: message, category, file and line.
CallResult = tuple[Any, list[tuple]]


def call_here(function: Callable, data: tuple, given: tuple, item: Any) -> Any:
    """Call a job in this process."""
    with one_thread():  # BLAS rounds differently on several threads, and the jobs share the cores
        return function(*data, *given, item)


def call_packed(packed: bytes, data: tuple, item: Any) -> CallResult:
    """Call a job in another process; `packed` holds the function and its arguments, by cloudpickle."""
    function, given = cloudpickle.loads(packed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call_here(function, data, given, item)
    return result, [(w.message, w.category, w.filename, w.lineno) for w in caught]
