"""State shared by all requests: their number, the worker processes, and whether the service is being stopped."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any

from anyio import CapacityLimiter, to_thread

from ..model.trained_model import TrainedModel
from ..parallel.standing_workers import CallTimeout, NoWorker, StandingWorkers
from .limits import Limits
from .problems import Problem
from .uploads import ENROLMENT, FILES, Upload


class Service:
    """A model, the worker processes that use it, and the number of requests that are being handled.

    Parameters
    ----------
    model : TrainedModel
    limits : Limits
    """

    def __init__(self, model: TrainedModel, limits: Limits) -> None:
        from . import work

        self.model, self.limits = model, limits
        self.workers = StandingWorkers(
            partial(work.answer, model=model),
            limits.workers,
            prepare=partial(work.warm_up, model),
            preload=["prosody_ser.serve.preloaded"],
        )
        self.running = 0  #: number of requests that are being handled
        self.stopping = False
        self._threads = CapacityLimiter(limits.requests)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count a request as handled during the context.

        Raises
        ------
        Problem
            If there are too many requests, or the service is being stopped.
        """
        if self.stopping:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the service is being stopped")
        if self.running >= self.limits.requests:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"the service is handling {self.running} requests, its limit; try again soon",
            )
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    async def answer(self, what: str, uploads: dict[str, list[Upload]], **how: Any) -> bytes:
        """Let a worker process answer a request, as JSON.

        Raises
        ------
        Problem
            If the request cannot be answered, or not within the time limit.
        """
        return await to_thread.run_sync(partial(self._answer, what, uploads, how), limiter=self._threads)

    def _answer(self, what: str, uploads: dict[str, list[Upload]], how: dict[str, Any]) -> bytes:
        from .readable import readable
        from .work import Task

        with ExitStack() as stack:
            paths = {
                field: tuple((upload.name, stack.enter_context(readable(upload.content))) for upload in uploads[field])
                for field in (FILES, ENROLMENT)
            }
            task = Task(what, paths[FILES], paths[ENROLMENT], longest_s=self.limits.duration_s, **how)
            try:
                answer = self.workers.call(task, self.limits.time_s)
            except CallTimeout as error:
                raise Problem(HTTPStatus.GATEWAY_TIMEOUT, f"the request was {error}") from error
            except NoWorker as error:
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"no worker process is available: {error}") from error
        if isinstance(answer, Problem):
            raise answer
        return answer
