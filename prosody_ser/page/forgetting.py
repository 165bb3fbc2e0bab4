"""Removal of a session one minute after its page was closed; Streamlit itself would keep it until it needs the memory.

The minute bridges short interruptions of the connection. The recordings and the running job of the session end with it.
"""

import logging
import threading
import time
from collections.abc import Callable

GRACE_S, LOOK_EVERY_S = 60.0, 5.0
_LOG = logging.getLogger(__name__)


class Forgetting:
    """Watches sessions, and ends those whose pages have been closed for too long.

    Parameters
    ----------
    is_open : callable
        Whether a session's page is open.
    forget : callable
        Ends a session.
    """

    def __init__(self, is_open: Callable[[str], bool], forget: Callable[[str], None]) -> None:
        self._is_open, self._forget = is_open, forget
        self._last_open_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def watch(self, session: str, now_s: float) -> None:
        """Watch a session, which is open now."""
        with self._lock:
            self._last_open_s[session] = now_s

    def look(self, now_s: float) -> None:
        """End the sessions that have been closed for too long."""
        with self._lock:
            watched = dict(self._last_open_s)
        for session, last_open_s in watched.items():
            if self._is_open(session):
                self.watch(session, now_s)
            elif now_s - last_open_s > GRACE_S:
                with self._lock:
                    self._last_open_s.pop(session, None)
                try:
                    self._forget(session)
                except Exception:  # other sessions must still be ended
                    _LOG.exception("a session whose page was closed could not be removed")

    def go_on(self) -> None:
        """Call :meth:`look` repeatedly, as long as the process runs."""
        while True:
            time.sleep(LOOK_EVERY_S)
            self.look(time.monotonic())


_starting = threading.Lock()
_running: list[Forgetting] = []
_ends: dict[str, Callable[[], None]] = {}


def forget_when_closed(session: str, end: Callable[[], None]) -> None:
    """Make Streamlit's server forget a session after its page is closed.

    `end` releases what the session holds; without it, Python would do so only at its next garbage collection.
    """
    from streamlit import runtime

    if not runtime.exists():  # without a server, as in tests
        return
    with _starting:
        _ends[session] = end
        if not _running:
            server = runtime.get_instance()

            def forget(closed: str) -> None:
                server.clear_user_info_for_session(closed)
                _ends.pop(closed)()

            _running.append(Forgetting(server.is_active_session, forget))
            threading.Thread(target=_running[0].go_on, daemon=True).start()
    _running[0].watch(session, time.monotonic())
