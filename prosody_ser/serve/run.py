"""The service as a program: from the socket to the last answer."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

from ..errors import ProsodySerError
from ..model.trained_model import TrainedModel
from .app import make_app
from .limits import Limits
from .service import Service

_STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM") if hasattr(signal, name)]
#: Time for clients to receive the last responses, in addition to the time limit of a request.
_LAST_ANSWERS_S = 5


def serve(
    model: TrainedModel,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits | None = None,
    ready: Callable[[str], Any] = lambda address: None,
) -> None:
    """Answer requests until SIGINT or SIGTERM; requests that are being handled are finished first.

    Parameters
    ----------
    model : TrainedModel
    host : str
    port : int
        0 for a free port.
    limits : Limits, optional
    ready : callable
        Called with the address as soon as requests are answered.

    Raises
    ------
    ProsodySerError
        If the service cannot listen on this address.
    WorkerError
        If no worker process can be started.
    """
    limits = limits or Limits()
    with _listening(host, port) as listener:
        service = Service(model, limits)
        try:
            service.workers.start()
            config = uvicorn.Config(
                make_app(service),
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=round(limits.time_s) + _LAST_ANSWERS_S,
            )
            listener.listen(config.backlog)  # so that requests are not refused before the server runs
            ready(_url(listener))
            _Server(config, service).run([listener])
        finally:
            service.workers.stop()


class _Server(uvicorn.Server):
    """A server that, once stopping, answers new requests with an error and then lets the process end normally."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals during the context; uvicorn's own method would raise them again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop; a second Ctrl-C does not wait for requests that are being handled."""
        self._service.stopping = True
        super().handle_exit(sig, frame)


def _listening(host: str, port: int) -> socket.socket:
    """Give a socket that is bound to the address; it is closed at the end of its context."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as closed_on_error:
            listener = closed_on_error.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            closed_on_error.pop_all()
            return listener
    except OSError as error:
        raise ProsodySerError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); choose another --port or --host"
        ) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
