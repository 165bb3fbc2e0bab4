"""The service as an ASGI application: its paths and their responses."""

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
    """Make the application. When it ends, it stops the processes of the service.

    Parameters
    ----------
    service : Service
        With its processes started.

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
        docs_url=None,  # these pages load scripts from other servers
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
            detail = "the service is being stopped" if service.stopping else "no worker process is ready"
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
        return {"status": "ok", "version": __version__, "workers": ready, "requests": service.running}

    return app


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _only_known(request: Request) -> None:
    """Refuse unknown and repeated query parameters, which would otherwise be ignored silently."""
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        path = request.url.path
        if name not in known:
            accepted = f"accepts {' and '.join(known)} only" if known else "accepts none"
            detail = f"unknown query parameter {name!r}: {path} {accepted}"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
        if given.count(name) > 1:
            detail = f"query parameter {name!r} is given {given.count(name)} times: {path} accepts it only once"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)


def _answer_of(problem: Problem) -> Response:
    return JSONResponse(problem.body, problem.status, problem.headers, MEDIA_TYPE)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _answer_of(error)


async def _not_served(request: Request, error: Exception) -> Response:
    """Answer a request for an unknown path, or with a method that the path does not accept."""
    assert isinstance(error, HTTPException)
    detail = {
        HTTPStatus.NOT_FOUND: f"there is no path {request.url.path}; /openapi.json lists all paths",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.url.path} does not accept the method {request.method}",
    }.get(HTTPStatus(error.status_code), str(error.detail))
    return _answer_of(Problem(error.status_code, detail, error.headers))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    return _answer_of(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, faults))


async def _gone(_: Request, error: Exception) -> Response:
    return _answer_of(Problem(HTTPStatus.BAD_REQUEST, "the client disconnected before the request was complete"))


async def _bug(_: Request, error: Exception) -> Response:
    return _answer_of(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error of the service; see its log"))


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _refused,
    HTTPException: _not_served,
    RequestValidationError: _invalid,
    ClientDisconnect: _gone,
    Exception: _bug,
}
