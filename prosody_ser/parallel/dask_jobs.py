"""The jobs of :func:`prosody_ser.parallel.ordered_map.run_jobs` on a Dask cluster, wherever they come from.

This is not joblib's backend. That one waits for a mute scheduler without end and asks no worker for its release; and
its jobs share a worker's process, and with it the number of threads of linear algebra, by which results round. Here
each job has a process of its own on its worker, of one thread; it ends with the worker. The workers need this package,
its libraries, and no module of the user's: those travel with the jobs.
"""

import hashlib
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle

from ..errors import ProsodySerError, WorkerError
from ..user_module import INSTALLED
from .computed_by import computed_by, loaded_libraries
from .dask_cluster import Cluster, connected
from .one_call import Told, call_packed
from .worker_pool import STARTING, Lost, in_processes


@contextmanager
def dask_cluster(scheduler: str | None) -> Iterator[None]:
    """Let the workers of a Dask cluster fit and score whatever is evaluated meanwhile, in place of processes here.

    Results are the same to the bit as with ``n_jobs=1``; `n_jobs` then says nothing. A table is sent once, not with
    every fold. The jobs of a worker that dies go to the others. What has begun on a worker when the work is stopped is
    finished there, and thrown away.

    Parameters
    ----------
    scheduler : str or None
        Address of the scheduler, ``tcp://host:port``. With None all stays as it is.

    Yields
    ------
    None

    Raises
    ------
    WorkerError
        If Dask is not installed or no scheduler answers; later, if it is gone for 30 s, or its workers have other
        versions of Python, of this package, of its code or its libraries, or linear algebra for another kind of
        processor: they would compute other values.

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
    """The cluster whose workers do the jobs at present, if there is one."""
    return _CURRENT.get()


class DaskJobs:
    """A cluster that does jobs, and what all of them read there."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._data_sent: tuple[bytes, Any] = b"", None  # the digest of the last that was sent, and what stands for it

    def answers(self, function: Callable, items: Sequence, data: tuple, given: tuple) -> Iterator[Told]:
        """What :func:`~prosody_ser.parallel.one_call.call_packed` gives for each item, in their order."""
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
                    told = cloudpickle.loads(early.pop(due))
                    if isinstance(told, Exception):
                        raise told
                    yield told
                    due += 1

    def _sent(self, data: tuple) -> Any:
        """What stands for data on the cluster: evaluations of one table after the other send it once."""
        content = cloudpickle.dumps(data)
        digest = hashlib.sha256(content).digest()
        if self._data_sent[0] != digest:
            self._data_sent = digest, self._cluster.held(content)
        return self._data_sent[1]


_CURRENT: ContextVar[DaskJobs | None] = ContextVar("dask_jobs", default=None)


def _in_processes_there(packed: bytes, numbered: list[tuple[int, Any]], data: bytes) -> list[tuple[Any, Any]]:
    """On a worker: jobs in a process of their own; each number with the packed answer."""
    with STARTING:  # what that imports, the processes have from their start
        cloudpickle.loads(packed)
    done = in_processes(partial(_answer, packed, data), numbered, 1, lambda _: math.inf)
    return [(number, answer) for (number, _), answer in done]


def _answer(packed: bytes, data: bytes, numbered: tuple[int, Any]) -> bytes:
    """What a job told or raised: an error of its own is no failure of the worker."""
    try:
        return cloudpickle.dumps(call_packed(packed, cloudpickle.loads(data), numbered[1]))
    except Exception as error:
        if not isinstance(error, ProsodySerError):
            error.add_note(f"It was raised on a worker:\n{traceback.format_exc()}")
        return cloudpickle.dumps(error)


def _packed(what: Any) -> bytes:
    """Packed with the user's own modules: what a worker has of them might be another version."""
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
        return False  # the user has seen to it, and it stays so
    path = Path(file).resolve()
    return not path.is_relative_to(Path(os.__file__).resolve().parent) and not set(path.parts) & set(INSTALLED)
