"""The service as an ASGI application: its addresses, and what it answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from .. import __version__
from . import documented
from .problems import MEDIA_TYPE, Problem
from .service import Service
from .uploads import received

Segment = Annotated[str | None, Query(description=documented.SEGMENT, examples=["vad", "3"])]
FeatureSetName = Annotated[str | None, Query(alias="set", description=documented.SET, examples=["full_v1"])]


def make_app(service: Service) -> FastAPI:
    """The application; it ends the processes of the service as it ends.

    Parameters
    ----------
    service : Service
        Its processes have been started.

    Returns
    -------
    FastAPI
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await to_thread.run_sync(service.workers.stop)

    app = FastAPI(
        title="prosody-ser",
        version=__version__,
        description=documented.SERVICE,
        docs_url=None,  # pages that load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(_only_known)],
    )
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)

    @app.post("/predict", **documented.PREDICT)
    async def predict(request: Request, segment: Segment = None) -> Response:
        with service.admitted():
            uploads = await received(request, service.limits)
            return _json(await service.answer("predict", uploads, segment=segment))

    @app.post("/features", **documented.FEATURES)
    async def features(request: Request, feature_set: FeatureSetName = None) -> Response:
        with service.admitted():
            uploads = await received(request, service.limits)
            return _json(await service.answer("features", uploads, feature_set=feature_set))

    @app.get("/model", **documented.MODEL)
    async def model() -> dict[str, Any]:
        return service.model.card

    @app.get("/health", **documented.HEALTH)
    async def health() -> dict[str, Any]:
        ready = service.workers.ready
        if service.stopping or not ready:
            why = "the service is being stopped" if service.stopping else "no process is ready to do the work"
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, why)
        return {"status": "ok", "version": __version__, "workers": ready, "requests": service.running}

    return app


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _only_known(request: Request) -> None:
    """Refuse what the query should not have: a misspelt option would silently do nothing."""
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    asked = [name for name, _ in request.query_params.multi_items()]
    for name in asked:
        if name not in known or asked.count(name) > 1:
            takes = f"takes {' and '.join(known)}, once" if known else "takes none"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"the query has {name!r}, and {request.url.path} {takes}")


def _answer_of(problem: Problem) -> Response:
    return JSONResponse(problem.body, problem.status, problem.headers, MEDIA_TYPE)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _answer_of(error)


async def _not_served(request: Request, error: Exception) -> Response:
    """An address or a method that there is not."""
    assert isinstance(error, HTTPException)
    detail = {
        HTTPStatus.NOT_FOUND: f"there is no {request.url.path}; /openapi.json says what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.url.path} does not take {request.method}",
    }.get(HTTPStatus(error.status_code), str(error.detail))
    return _answer_of(Problem(error.status_code, detail, error.headers))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    return _answer_of(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, faults))


async def _gone(_: Request, error: Exception) -> Response:
    return _answer_of(Problem(HTTPStatus.BAD_REQUEST, "the client went before the request was complete"))


async def _bug(_: Request, error: Exception) -> Response:
    return _answer_of(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service has a fault; its log says more"))


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _refused,
    HTTPException: _not_served,
    RequestValidationError: _invalid,
    ClientDisconnect: _gone,
    Exception: _bug,
}
