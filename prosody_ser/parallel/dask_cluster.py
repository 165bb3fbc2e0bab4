"""Calls of one function by the workers of a Dask cluster, if they compute what this process would compute.

Dask gives the calls of a worker that dies to another one. Items that several workers died of are tried once more, each
alone; then they are :class:`~prosody_ser.parallel.worker_pool.Lost`. Every worker says what computes its answers (its
libraries, the package's code): one that would compute other values ends the run, at its start or when it joins.
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

#: A scheduler that does not answer for so long is given up, at the start and later.
CONNECT_S = 30
#: How often a scheduler without workers is asked whether there are some by now.
_ASK_AGAIN_S = 0.2
#: How often workers are asked whether they have said what computes values there.
_LISTEN_AGAIN_S = 0.02
#: Calls that each thread of the cluster has before it, so that it need not wait for us.
_AHEAD = 2


@contextlib.contextmanager
def connected(scheduler: str, again: str = "run the command again") -> Iterator["Cluster"]:
    """A cluster to work on, left at the end whether its scheduler still answers or not.

    Parameters
    ----------
    scheduler : str
        Its address, ``tcp://host:port``.
    again : str
        What a user is told to do where it fails later.

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
        with ThreadPoolExecutor(1) as thread:  # a notebook runs a loop of its own in this one
            thread.submit(asyncio.run, asyncio.wait_for(_greet(scheduler), CONNECT_S)).result()
        client = Client(scheduler, timeout=CONNECT_S)
    except Exception as error:  # whatever it is that is there, and answers something else
        raise WorkerError(f"{scheduler}: no Dask scheduler answers at this address") from error
    try:
        yield Cluster(client, scheduler, again)
    finally:
        with contextlib.suppress(TimeoutError, OSError):  # a scheduler that has gone mute does not say goodbye
            client.close(timeout=CONNECT_S / 10)


async def _greet(scheduler: str) -> None:
    """Connect and go again: Dask's client itself would wait without end for the first word of what listens there."""
    from distributed.comm import connect
    from distributed.security import Security

    greeted = await connect(scheduler, timeout=CONNECT_S, **Security().get_connection_args("client"))
    greeted.abort()


@dataclass(frozen=True)
class Answer:
    """What a worker says."""

    worker: str  #: its address
    computed_by: dict[str, str]  #: what computes values there, by name
    result: Any = None  #: what the function returned; None if the worker would compute other values


@dataclass(frozen=True)
class Cluster:
    """Workers, by way of their scheduler; from :func:`connected`."""

    client: Any  #: Dask's
    scheduler: str  #: its address
    again: str  #: what a user is told to do where it fails
    #: workers that were asked what computes values there, with what was sent to them meanwhile
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
            A module's function, or a partial of one: it takes a list of items, and gives items and results. What it
            raises ends the run.
        items : iterable
            Taken as they are needed.
        computed_by : callable
            What computes values in the process that calls it, by name. It must be the same on the workers.
        given : tuple
            Further arguments of the function; what :meth:`held` gave is there what it stands for.
        batch : int
            Items handed over at a time, at the most.
        alone : callable
            Whether an item is handed over on its own.

        Yields
        ------
        item, result : object
            As the function gives them, as they are done; or an item and :class:`Lost`.

        Raises
        ------
        WorkerError
            If the scheduler is gone or has no workers, or they cannot run our code or would compute other values.
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
        finally:  # an error that someone keeps would keep them, too, and the workers at them
            for call in pending:
                call.release()

    def held(self, content: bytes) -> Any:
        """What stands for `content` among the arguments of :meth:`outcomes`: sent once, for as long as this is kept.

        The scheduler keeps it, too, so that workers that join later have it although all others died.
        """
        from dask import config

        with config.set({"distributed.admin.large-graph-warning-threshold": "1PiB"}):  # it is large, and sent once
            return self.client.submit(_itself, content, pure=False)

    def _check_all(self, computed_by: Callable[[], dict[str, str]], ours: dict[str, str], given: tuple) -> None:
        """Hear of each worker what computes values there. It fetches on the way what all calls share.

        A worker that is busy for long is not waited for: it says so with its first answer.
        """
        shared = tuple(str(getattr(one, "key", "")) for one in given)
        ask = partial(self.client.submit, answer_if_alike, computed_by, ours, _nothing, [], *given, pure=False)
        new = [worker for worker in self._threads() if (worker, shared) not in self.checked]
        asked = {worker: ask(workers=[worker]) for worker in new}
        deadline = time.monotonic() + CONNECT_S
        while time.monotonic() < deadline:  # those that have died meanwhile will not answer
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
        """What a call gives, however long it takes, as long as the scheduler answers and has workers."""
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
        """How many threads each worker has, by its address; workers that are on their way are waited for."""
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
    """Call a function on a worker, if it computes what the process that asks would compute.

    Releases before this one have no function of this name, so that they cannot answer it.
    """
    from distributed import get_worker

    # Dask's nannies make workers that may have no processes; ours end with the worker, which is what that is for.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    with STARTING:  # another thread may fork, and this imports
        theirs = computed_by()
    return Answer(get_worker().address, theirs, function(some, *given) if theirs == ours else None)


def _itself(content: bytes) -> bytes:
    return content


def _nothing(some: list, *given: Any) -> list:
    return []
