"""Run the jobs of :func:`prosody_ser.parallel.ordered_map.run_jobs` on a Dask cluster.

This does not use joblib's Dask backend, which waits forever for a scheduler that hangs and does not check the release
of the workers. Its jobs also share the process of a worker, and with it the number of threads of linear algebra, on
which rounding depends. Here each job has its own process on its worker, with one thread, which ends with the worker.
The workers need this package and its libraries. Modules of the user are sent with the jobs.
"""

import hashlib
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle

from ..errors import ProsodySerError, WorkerError
from ..user_module import INSTALLED
from .computed_by import computed_by, loaded_libraries
from .dask_cluster import Cluster, connected
from .one_call import CallResult, call_packed
from .worker_pool import STARTING, Lost, in_processes


@contextmanager
def dask_cluster(scheduler: str | None) -> Iterator[None]:
    """Use the workers of a Dask cluster for all evaluations in a with block, in place of processes here.

    Results are bit-identical to those with ``n_jobs=1``, and `n_jobs` has no effect. A table is sent once, not with
    every fold. The jobs of a worker that dies go to the others. If the work is stopped, jobs that have started on a
    worker are finished there, and their results are discarded.

    Parameters
    ----------
    scheduler : str or None
        Address of the scheduler, ``tcp://host:port``. None has no effect.

    Yields
    ------
    None

    Raises
    ------
    WorkerError
        If Dask is not installed or no scheduler answers; later, if it does not answer for 30 s, or if its workers have
        other versions of Python, of this package, of its code or of its libraries, or linear algebra for another kind
        of processor, because they would compute other values.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> with ser.dask_cluster("tcp://10.0.0.5:8786"):  # doctest: +SKIP
    ...     result = ser.evaluate(table, ser.make_pipeline("lda"))
    """
    if scheduler is None:
        yield
        return
    with connected(scheduler) as cluster:
        before = _CURRENT.set(DaskJobs(cluster))
        try:
            yield
        finally:
            _CURRENT.reset(before)


def current() -> "DaskJobs | None":
    """Return the cluster that runs the jobs at present, or None."""
    return _CURRENT.get()


class DaskJobs:
    """A cluster that runs jobs, and the data that all of them share."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._data_sent: tuple[bytes, Any] = b"", None  # digest and placeholder of the data sent last

    def answers(self, function: Callable, items: Sequence, data: tuple, given: tuple) -> Iterator[CallResult]:
        """Yield the result of :func:`~prosody_ser.parallel.one_call.call_packed` for each item, in order."""
        there = partial(_in_processes_there, _packed((function, given)))
        identity = partial(computed_by, loaded_libraries())
        outcomes = self._cluster.outcomes(there, enumerate(items), identity, given=(self._sent(data),))
        early: dict[int, bytes] = {}
        due = 0
        with closing(outcomes):
            for number, answer in outcomes:
                if isinstance(answer, Lost):
                    raise WorkerError(
                        f"{self._cluster.scheduler}: a job failed ({answer.error}); it may need more memory"
                    )
                early[number] = answer
                while due in early:
                    result = cloudpickle.loads(early.pop(due))
                    if isinstance(result, Exception):
                        raise result
                    yield result
                    due += 1

    def _sent(self, data: tuple) -> Any:
        """Return the placeholder for data on the cluster; successive evaluations of one table send it once."""
        content = cloudpickle.dumps(data)
        digest = hashlib.sha256(content).digest()
        if self._data_sent[0] != digest:
            self._data_sent = digest, self._cluster.held(content)
        return self._data_sent[1]


_CURRENT: ContextVar[DaskJobs | None] = ContextVar("dask_jobs", default=None)


def _in_processes_there(packed: bytes, numbered: list[tuple[int, Any]], data: bytes) -> list[tuple[Any, Any]]:
    """Run jobs on a worker in a separate process; return pairs of number and packed answer."""
    with STARTING:  # the processes inherit the modules that this imports
        cloudpickle.loads(packed)
    done = in_processes(partial(_answer, packed, data), numbered, 1, lambda _: math.inf)
    return [(number, answer) for (number, _), answer in done]


def _answer(packed: bytes, data: bytes, numbered: tuple[int, Any]) -> bytes:
    """Return what a job returned or raised, packed; an error of the job is not a failure of the worker."""
    try:
        return cloudpickle.dumps(call_packed(packed, cloudpickle.loads(data), numbered[1]))
    except Exception as error:
        if not isinstance(error, ProsodySerError):
            error.add_note(f"It was raised on a worker:\n{traceback.format_exc()}")
        return cloudpickle.dumps(error)


def _packed(what: Any) -> bytes:
    """Pack an object together with the user's modules, of which a worker might have another version."""
    user_modules = [module for module in list(sys.modules.values()) if _is_users(module)]
    for module in user_modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        return cloudpickle.dumps(what)
    except Exception as error:
        raise WorkerError(f"the model or the function cannot be sent to the workers ({error})") from error
    finally:
        for module in user_modules:
            cloudpickle.unregister_pickle_by_value(module)


def _is_users(module: Any) -> bool:
    if not isinstance(module, ModuleType) or sys.modules.get(module.__name__) is not module:
        return False
    name, file = module.__name__, vars(module).get("__file__")
    if not file or name.partition(".")[0] in ("prosody_ser", "__main__"):
        return False
    if name in cloudpickle.list_registry_pickle_by_value():
        return False  # the user registered it already
    return not _is_installed(file)


@cache
def _is_installed(file: str) -> bool:
    """Whether a file belongs to Python or to an installed library."""
    path = Path(file).resolve()
    return path.is_relative_to(Path(os.__file__).resolve().parent) or bool(set(path.parts) & set(INSTALLED))
