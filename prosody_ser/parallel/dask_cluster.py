"""Call a function on the workers of a Dask cluster, if they compute the same values as this process.

If a worker dies, Dask gives its calls to another one. Items with which several workers died are tried once more, each
alone; if that fails, too, they are :class:`~prosody_ser.parallel.worker_pool.Lost`. Every worker reports what computes
its answers (its libraries and the package's code). A worker that would compute other values ends the run, at its start
or when the worker joins.
"""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..errors import ProsodySerError, WorkerError
from ..versions import PACKAGE
from .worker_pool import STARTING, ItemQueue, Lost

#: Time after which a scheduler that does not answer is an error.
CONNECT_S = 30
#: Interval at which a scheduler without workers is asked for workers.
_ASK_AGAIN_S = 0.2
#: Interval at which the first answers of the workers are checked.
_LISTEN_AGAIN_S = 0.02
#: Number of calls that are queued for each thread of the cluster, so that it need not wait for this process.
_AHEAD = 2


@contextlib.contextmanager
def connected(scheduler: str, again: str = "run the command again") -> Iterator["Cluster"]:
    """Connect to a cluster; disconnect at the end, even if the scheduler does not answer any more.

    Parameters
    ----------
    scheduler : str
        Its address, ``tcp://host:port``.
    again : str
        Advice for the user in later errors.

    Raises
    ------
    WorkerError
        If Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise WorkerError("--scheduler needs Dask; install it with: pip install 'prosody-ser[dask]'") from error
    try:
        with ThreadPoolExecutor(1) as thread:  # a notebook already runs a loop in this one
            thread.submit(asyncio.run, asyncio.wait_for(_greet(scheduler), CONNECT_S)).result()
        client = Client(scheduler, timeout=CONNECT_S)
    except Exception as error:  # whatever else listens at this address
        raise WorkerError(f"{scheduler}: no Dask scheduler answers at this address") from error
    try:
        yield Cluster(client, scheduler, again)
    finally:
        with contextlib.suppress(TimeoutError, OSError):  # a scheduler that hangs does not answer
            client.close(timeout=CONNECT_S / 10)


async def _greet(scheduler: str) -> None:
    """Test the connection, because Dask's client would wait forever for a server that does not answer."""
    from distributed.comm import connect
    from distributed.security import Security

    greeted = await connect(scheduler, timeout=CONNECT_S, **Security().get_connection_args("client"))
    greeted.abort()


@dataclass(frozen=True)
class Answer:
    """The answer of a worker."""

    worker: str  #: its address
    computed_by: dict[str, str]  #: what computes values there, by name
    result: Any = None  #: what the function returned; None if the worker would compute other values


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler; from :func:`connected`."""

    client: Any  #: Dask's client
    scheduler: str  #: its address
    again: str  #: advice for the user in errors
    #: pairs of a worker that was asked what computes its values, and the data that were sent to it
    checked: set = field(default_factory=set)

    def outcomes(
        self,
        function: Callable[..., list[tuple[Any, Any]]],
        items: Iterable[Any],
        computed_by: Callable[[], dict[str, str]],
        *,
        given: tuple = (),
        batch: int = 1,
        alone: Callable[[Any], bool] = lambda item: False,
    ) -> Generator[tuple[Any, Any], None, None]:
        """Call a function with all items, in batches, on the workers.

        Parameters
        ----------
        function : callable
            A function of a module, or a partial of one. It takes a list of items, and returns pairs of item and result.
            An exception ends the run.
        items : iterable
            Consumed as needed.
        computed_by : callable
            Returns what computes values in the calling process, by name. It must be the same on the workers.
        given : tuple
            Further arguments of the function; results of :meth:`held` are replaced by their content.
        batch : int
            Largest number of items sent at a time.
        alone : callable
            Returns whether an item is sent on its own.

        Yields
        ------
        item, result : object
            Results of the function in order of completion; or an item and :class:`Lost`.

        Raises
        ------
        WorkerError
            If the scheduler is lost or has no workers, or they cannot run the code or would compute other values.
        """
        from distributed import KilledWorker, wait

        ours = computed_by()
        self._check_all(computed_by, ours, given)
        ahead = _AHEAD * sum(self._threads().values())
        queue = ItemQueue(items, batch, ahead, alone)
        pending: dict = {}
        try:
            while queue or pending:
                while queue and len(pending) < ahead:
                    some, second_try = queue.take()
                    call = self.client.submit(answer_if_alike, computed_by, ours, function, some, *given, pure=False)
                    pending[call] = some, second_try
                for call in self._patiently(partial(wait, list(pending), return_when="FIRST_COMPLETED")).done:
                    some, second_try = pending.pop(call)
                    if call.status != "error":
                        yield from self._believed(self._patiently(call.result), ours)
                    elif not isinstance(call.exception(), KilledWorker):
                        raise self._failure(call.exception(), ours) from call.exception()
                    elif second_try:
                        yield some[0], Lost("crashed", "the workers that processed it died")
                    else:
                        queue.put_back(some)
        finally:  # otherwise a reference to an error would keep them running
            for call in pending:
                call.release()

    def held(self, content: bytes) -> Any:
        """Send `content` to the cluster once; return a placeholder for it in the arguments of :meth:`outcomes`.

        The content is available as long as the placeholder exists. The scheduler keeps it, too, so that workers that
        join later have it even if all others died.
        """
        from dask import config

        with config.set({"distributed.admin.large-graph-warning-threshold": "1PiB"}):  # it is sent only once
            return self.client.submit(_itself, content, pure=False)

    def _check_all(self, computed_by: Callable[[], dict[str, str]], ours: dict[str, str], given: tuple) -> None:
        """Ask each worker what computes its values, while it fetches the data that all calls share.

        A worker that is busy for too long is checked with its first answer instead.
        """
        shared = tuple(str(getattr(one, "key", "")) for one in given)
        ask = partial(self.client.submit, answer_if_alike, computed_by, ours, _nothing, [], *given, pure=False)
        new = [worker for worker in self._threads() if (worker, shared) not in self.checked]
        asked = {worker: ask(workers=[worker]) for worker in new}
        deadline = time.monotonic() + CONNECT_S
        while time.monotonic() < deadline:  # workers that died meanwhile do not answer
            if all(asked[worker].status != "pending" for worker in self._threads() if worker in asked):
                break
            time.sleep(_LISTEN_AGAIN_S)
        for call in asked.values():
            if call.status == "error":
                raise self._failure(call.exception(), ours) from call.exception()
            if call.status == "finished":
                self._believed(self._patiently(call.result), ours)
        self.checked.update((worker, shared) for worker in new)

    def _patiently(self, call: Callable) -> Any:
        """Wait for the result of a call without a limit, as long as the scheduler answers and has workers."""
        while True:
            try:
                return call(timeout=CONNECT_S)
            except TimeoutError:
                self._threads()
            except CancelledError as error:
                raise WorkerError(
                    f"{self.scheduler}: the connection to the Dask scheduler was lost; {self.again}"
                ) from error

    def _threads(self) -> dict[str, int]:
        """Return the number of threads of each worker by address; wait for workers that are starting."""
        deadline = time.monotonic() + CONNECT_S
        while True:
            try:
                threads = self.client.nthreads(callback_timeout=CONNECT_S)
            except (TimeoutError, OSError) as error:
                raise WorkerError(
                    f"{self.scheduler}: the Dask scheduler has not answered for {CONNECT_S} s; restart it, then "
                    f"{self.again}"
                ) from error
            if threads:
                return threads
            if time.monotonic() > deadline:
                raise WorkerError(f"{self.scheduler}: the Dask scheduler has no workers; start at least one")
            time.sleep(_ASK_AGAIN_S)

    def _believed(self, answer: Answer, ours: dict[str, str]) -> list[tuple[Any, Any]]:
        theirs = answer.computed_by
        if theirs == ours:
            return answer.result
        names = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
        differs = ", ".join(
            f"{name} {theirs.get(name, 'none')} there and {ours.get(name, 'none')} here" for name in names
        )
        raise WorkerError(
            f"{self.scheduler}: the worker {answer.worker} would compute other values ({differs}), so its results "
            "were not used. Install the same versions there and here, restart the worker, then run the command again"
        )

    def _failure(self, error: BaseException, ours: dict[str, str]) -> ProsodySerError:
        if isinstance(error, ProsodySerError):
            return error
        return WorkerError(
            f"{self.scheduler}: the workers failed ({error}); check that the scheduler and all workers have "
            f"prosody-ser {ours[PACKAGE]} and the same libraries as this machine"
        )


def answer_if_alike(
    computed_by: Callable[[], dict[str, str]], ours: dict[str, str], function: Callable, some: list, *given: Any
) -> Answer:
    """Call a function on a worker, if it computes the same values as the requesting process.

    Earlier releases have no function of this name, so that they cannot answer.
    """
    from distributed import get_worker

    # Dask's nannies start workers that must not have child processes. Ours end with the worker, so they are allowed.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    with STARTING:  # this imports modules, while another thread may fork
        theirs = computed_by()
    return Answer(get_worker().address, theirs, function(some, *given) if theirs == ours else None)


def _itself(content: bytes) -> bytes:
    return content


def _nothing(some: list, *given: Any) -> list:
    return []
