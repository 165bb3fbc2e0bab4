"""Streamlit's server, told to speak to nobody but its visitors."""

import socket
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from ..errors import ProsodySerError
from .settings import MOST_MB, settings

NEEDED = "the page needs Streamlit, which is an extra: pip install 'prosody-ser[page]'"
#: As `streamlit run` takes them.
_OPTIONS: dict[str, Any] = {
    "server_headless": True,
    "server_runOnSave": False,
    "server_fileWatcherType": "none",
    "server_maxUploadSize": MOST_MB,
    "browser_gatherUsageStats": False,
    "client_toolbarMode": "minimal",
    "client_showErrorDetails": "none",
    "logger_hideWelcomeMessage": True,
}


def check_streamlit() -> None:
    """Raise a ProsodySerError that says how to get Streamlit, where it is not there."""
    try:
        import streamlit  # noqa: F401
    except ImportError as error:
        raise ProsodySerError(NEEDED) from error


def check_port(host: str, port: int) -> None:
    """Raise a ProsodySerError where nothing can listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        raise ProsodySerError(
            f"cannot listen at {host}:{port} ({error.strerror}); take another --port or --host"
        ) from error


def ask_nobody() -> None:
    """Keep Streamlit from asking a server of Amazon's for this machine's address when a stranger knocks."""
    from streamlit import net_util

    net_util._external_ip = "127.0.0.1"


def serve(port: int) -> None:
    """Serve the page until the process is told to stop.

    Linear algebra keeps to one thread: visitors share the cores, and their answers are those of the command line.
    """
    from streamlit.web import bootstrap

    options = _OPTIONS | {"server_address": settings.host, "server_port": port}
    ask_nobody()
    bootstrap.load_config_options(options)
    with threadpool_limits(limits=1):
        bootstrap.run(str(Path(__file__).with_name("app.py")), False, [], options)
