"""Calls in standing processes: a process that hangs or dies is replaced, and its call is repeated once."""

import os
import time
from pathlib import Path

import pytest

from prosody_ser.parallel.standing_workers import CallTimeout, NoWorker, StandingWorkers
from tests.support.processes import gone


def misbehave(item):
    """Hang, die, die the first time only, raise, or return the process id."""
    what, path = item
    if what == "hang":
        time.sleep(60)
    if what == "die" or (what == "die once" and not Path(path).exists()):
        Path(path).touch()
        os._exit(7)
    if what == "raise":
        raise KeyError(what)
    return what, os.getpid()


@pytest.fixture
def workers():
    standing = StandingWorkers(misbehave, 2)
    standing.start()
    yield standing
    pids = standing.pids
    standing.stop()
    assert standing.ready == 0
    assert gone(pids)
    with pytest.raises(NoWorker, match="being stopped"):
        standing.call(("a", ""), 60)


def test_calls_go_on_whatever_becomes_of_one(workers, tmp_path):
    mark = str(tmp_path / "mark")
    first = workers.pids
    assert len(first) == 2
    what, pid = workers.call(("a", ""), 60)
    assert what == "a"
    assert pid in first
    with pytest.raises(CallTimeout, match=r"did not finish within 0\.5 s"):
        workers.call(("hang", ""), 0.5)
    what, pid = workers.call(("die once", mark), 60)
    assert what == "die once"
    assert pid not in first
    with pytest.raises(NoWorker, match=r"died \(exit code"):
        workers.call(("die", mark), 60)
    with pytest.raises(KeyError):
        workers.call(("raise", ""), 60)
    assert workers.call(("b", ""), 60)[0] == "b"


def die():
    os._exit(3)


@pytest.mark.thorough
def test_processes_that_die_before_they_are_ready_are_reported():
    standing = StandingWorkers(misbehave, 1, prepare=die)
    with pytest.raises(NoWorker, match="died"):
        standing.start()
    with pytest.raises(NoWorker, match="died"):
        standing.call(("a", ""), 60)
    standing.stop()
