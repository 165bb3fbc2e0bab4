"""What requests have in common: how many are handled at once, the processes that do the work, and the end."""

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
    """A model, the processes that answer with it, and the requests that are being handled.

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
        self.running = 0  #: requests that are being handled
        self.stopping = False
        self._threads = CapacityLimiter(limits.requests)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """While a request is handled.

        Raises
        ------
        Problem
            If there are too many already, or the service is being stopped.
        """
        if self.stopping:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the service is being stopped")
        if self.running >= self.limits.requests:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self.running} requests are being handled, the most that this service takes at once; try again soon",
            )
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    async def answer(self, what: str, uploads: dict[str, list[Upload]], **how: Any) -> bytes:
        """What a worker process says of uploads, as JSON.

        Raises
        ------
        Problem
            If it cannot be said, or not in time.
        """
        return await to_thread.run_sync(partial(self._answer, what, uploads, how), limiter=self._threads)

    def _answer(self, what: str, uploads: dict[str, list[Upload]], how: dict[str, Any]) -> bytes:
        from .readable import readable
        from .work import Asked

        with ExitStack() as stack:
            there = {
                field: tuple((one.name, stack.enter_context(readable(one.content))) for one in uploads[field])
                for field in (FILES, ENROLMENT)
            }
            asked = Asked(what, there[FILES], there[ENROLMENT], longest_s=self.limits.duration_s, **how)
            try:
                found = self.workers.call(asked, self.limits.time_s)
            except CallTimeout as error:
                raise Problem(HTTPStatus.GATEWAY_TIMEOUT, f"the request was {error}") from error
            except NoWorker as error:
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"no process could do the work: {error}") from error
        if isinstance(found, Problem):
            raise found
        return found
