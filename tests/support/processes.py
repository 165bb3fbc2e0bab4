"""Processes of a command under test, as Linux' /proc shows them."""

import contextlib
import os
import time
from pathlib import Path

#: What nothing here takes on any machine; a test that waits for longer has failed.
PATIENCE_S = 120


def children(pid):
    """Processes that a process has started, from whichever of its threads."""
    pids = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended
            pids += map(int, task.read_text().split())
    return pids


def alive(pid):
    """Whether a process runs or waits: neither gone nor a zombie."""
    with contextlib.suppress(OSError):
        return _fields(pid)[0] not in "ZX"
    return False


def cpu_s(pid):
    """Seconds of CPU that a process has taken; 0 if it is gone."""
    with contextlib.suppress(OSError):
        return sum(map(int, _fields(pid)[11:13])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def until(holds):
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def gone(pids):
    """Whether all of them end, if given a while."""
    deadline = time.monotonic() + PATIENCE_S
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(map(alive, pids))


def _fields(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
