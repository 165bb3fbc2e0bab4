"""A service in a process of its own, on a free port."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import httpx

from tests.support.processes import PATIENCE_S, children, gone


@contextlib.contextmanager
def serving(*options, temporary):
    """Start ``prosody-ser serve``; gives its address, a client of it, the process, and its worker processes.

    `temporary` is the folder for its temporary files.
    """
    command = [sys.executable, "-m", "prosody_ser", "serve", "--port", "0", *map(str, options)]
    environment = os.environ | {"TMPDIR": str(temporary)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            line = process.stdout.readline()
            assert " answers at http://" in line, line
            url = line.partition(" answers at ")[2].split()[0]
            with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
                yield SimpleNamespace(url=url, process=process, client=client, workers=lambda: _workers(process.pid))
        finally:
            below = family(process.pid)
            for pid in below:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            process.terminate()
            process.wait(PATIENCE_S)
    assert gone(below)


def family(pid):
    """All descendants of a process."""
    below = children(pid)
    return [*below, *(one for child in below for one in family(child))]


def _workers(pid):
    """The processes that the fork server has forked."""
    return [grandchild for child in children(pid) for grandchild in children(child)]


@contextlib.contextmanager
def held(pid):
    """Suspend a process during the context."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


class Asking(threading.Thread):
    """A request that runs in a thread while the test continues."""

    def __init__(self, service, **how):
        super().__init__()
        self._service, self._how, self.answer = service, how, None
        self.start()

    def run(self):
        with httpx.Client(base_url=self._service.url, timeout=PATIENCE_S) as client:
            self.answer = client.post("/predict", **self._how)

    def wait(self):
        self.join(PATIENCE_S)
        return self.answer
