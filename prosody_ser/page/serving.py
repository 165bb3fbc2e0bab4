"""Streamlit's server, configured to communicate with its visitors only."""

import socket
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from ..errors import ProsodySerError
from .settings import MOST_MB, settings

NEEDED = "the page needs Streamlit, which the extra [page] installs: pip install 'prosody-ser[page]'"
#: Options of `streamlit run`.
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
    """Raise a ProsodySerError if Streamlit is not installed."""
    try:
        import streamlit  # noqa: F401
    except ImportError as error:
        raise ProsodySerError(NEEDED) from error


def check_port(host: str, port: int) -> None:
    """Raise a ProsodySerError if the server cannot listen on this address and port."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ProsodySerError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another --port or --host"
        ) from error


def ask_nobody() -> None:
    """Keep Streamlit from asking an Amazon server for the address of this machine, which it does for some requests."""
    from streamlit import net_util

    net_util._external_ip = "127.0.0.1"


def serve(port: int) -> None:
    """Serve the page until the process is stopped.

    Linear algebra uses one thread, so that visitors share the cores and predictions equal those of the command line.
    """
    from streamlit.web import bootstrap

    options = _OPTIONS | {"server_address": settings.host, "server_port": port}
    ask_nobody()
    bootstrap.load_config_options(options)
    with threadpool_limits(limits=1):
        bootstrap.run(str(Path(__file__).with_name("app.py")), False, [], options)
