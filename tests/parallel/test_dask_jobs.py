"""Evaluations on a Dask cluster: a real scheduler and two workers on this machine."""

import os
import signal
import subprocess
import sys
import warnings

import pytest

from prosody_ser import dask_cluster, evaluate, make_pipeline
from prosody_ser.errors import ProtocolError, WorkerError
from prosody_ser.parallel.dask_cluster import Cluster
from prosody_ser.parallel.ordered_map import run_jobs
from prosody_ser.tables.file import write_table
from tests.support.dask_processes import DaskProcesses, changed_code
from tests.support.processes import PATIENCE_S, gone, until
from tests.support.tables import acted_table

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)

#: A classifier of a user's own, in a module that no worker has.
OWN_MODEL = """
import os, time
from pathlib import Path
from sklearn.naive_bayes import GaussianNB
from own_helper import NAP_S

class Slow(GaussianNB):
    "says at which worker it learns"
    def fit(self, X, y):
        with open({log!r}, "a") as file:
            file.write(f"{{os.getppid()}} {{os.getpid()}}\\n")
        time.sleep(NAP_S)
        return super().fit(X, y)
"""


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """A scheduler and two workers, one of them with two threads."""
    with DaskProcesses(tmp_path_factory.mktemp("dask")) as processes:
        processes.workers = [processes.worker(threads=threads) for threads in (1, 2)]
        yield processes


@pytest.fixture
def own_model(tmp_path, monkeypatch):
    """Makes a user module that sleeps for a given time; returns the file in which it logs worker and process."""

    def make(nap_s):
        log = tmp_path / "log.txt"
        (tmp_path / "own_model.py").write_text(OWN_MODEL.format(log=str(log)))
        (tmp_path / "own_helper.py").write_text(f"NAP_S = {nap_s}\n")
        return log

    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # before the folders of other tests, whose modules have the same names
    yield make
    for name in ("own_model", "own_helper"):
        sys.modules.pop(name, None)


def pids(log):
    return [tuple(map(int, line.split())) for line in log.read_text().splitlines()] if log.exists() else []


def odd(big, number):
    if number == 3:
        warnings.warn("three", UserWarning, stacklevel=1)
    if number == 5:
        raise ProtocolError("five")
    if number == 7:
        raise KeyError("seven")
    if number == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * big[0]


def test_results_come_in_order_with_their_warnings_and_errors(dask):
    with dask_cluster(dask.address):
        done = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answers = run_jobs(odd, range(5), data=([2],), done=lambda: done.append(1))
            assert list(answers) == [0, 2, 4, 6, 8]
        assert "three" in [str(warning.message) for warning in caught]
        assert len(done) == 5
        with pytest.raises(ProtocolError, match=r"^five$"):
            list(run_jobs(odd, range(6), data=([2],)))
        with pytest.raises(KeyError, match="seven"):
            list(run_jobs(odd, [7], data=([2],)))
        with pytest.raises(WorkerError, match=r"a job failed \(the worker process died"):
            list(run_jobs(odd, [9], data=([2],)))
    assert list(run_jobs(odd, [1], data=([2],))) == [2]  # here again


def test_a_table_is_sent_once(dask, monkeypatch):
    sent = []
    held = Cluster.held
    monkeypatch.setattr(Cluster, "held", lambda self, content: sent.append(len(content)) or held(self, content))
    two = [make_pipeline("lda"), make_pipeline("lda", speaker_norm="speaker")]
    plan = {"folds": 3, "seed": 1}
    with dask_cluster(dask.address):
        there = evaluate(TABLE, two[0], alongside=two[1:], **plan)
    assert len(sent) == 1
    assert there.data == evaluate(TABLE, two[0], alongside=two[1:], **plan).data


def test_workers_that_die_cost_nothing(tmp_path, dask, own_model):
    """Kill both workers one after the other, so that the shared data are lost with them; a third one has joined.

    A worker is killed while it works: one that has not begun yet, on a slow machine, would show nothing.
    """
    log = own_model(0.2)
    pipeline = make_pipeline("own_model:Slow", seed=1)
    table = acted_table(n_speakers=12, rows_each=16, n_sentences=2, n_features=4, signal=1.0)
    killed = []

    def busy():
        begun = {worker for worker, _ in pids(log)}
        return [worker for worker in dask.workers if worker.pid in begun]

    def kill(done, total):
        if done in (2, 6):
            until(busy)
            victim = busy()[0]
            dask.workers.remove(victim)
            victim.kill()
            killed.append(victim)
            dask.workers.append(dask.worker(threads=2))

    with dask_cluster(dask.address):
        evaluate(table, pipeline, folds="loso", progress=kill).write(tmp_path / "there.json")
    assert len(killed) == 2
    evaluate(table, pipeline, folds="loso").write(tmp_path / "here.json")
    assert (tmp_path / "there.json").read_bytes() == (tmp_path / "here.json").read_bytes()
    assert gone([job for worker, job in pids(log) if worker in [victim.pid for victim in killed]])


def test_ctrl_c_leaves_the_cluster_in_order(tmp_path, dask, own_model):
    log = own_model(1)
    write_table(TABLE, tmp_path / "t.csv")
    command = [sys.executable, "-m", "prosody_ser", "cv", "t.csv", "--model", "own_model:Slow", "--folds", "loso"]
    process = subprocess.Popen([*command, "--scheduler", dask.address], stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    until(lambda: pids(log))
    process.send_signal(signal.SIGINT)
    assert "stopped; nothing of this run is kept" in process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 130
    from distributed import Client

    with Client(dask.address) as client:
        until(lambda: not client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
    assert gone([job for _, job in pids(log)])
    with dask_cluster(dask.address):
        assert list(run_jobs(odd, [1], data=([2],))) == [2]


def test_a_worker_of_other_code_is_refused_before_anything_runs(tmp_path, own_model):
    log = own_model(0)
    other = changed_code(tmp_path / "other", "learn/evaluation/fitting.py", "clone(pipeline)", "(clone(pipeline))")
    (tmp_path / "dask").mkdir()
    with DaskProcesses(tmp_path / "dask") as dask:
        dask.worker(code=other)
        pipeline = make_pipeline("own_model:Slow", seed=1)
        with (
            pytest.raises(WorkerError, match=r"the worker tcp://127.* would compute other values \(code \w+ there and"),
            dask_cluster(dask.address),
        ):
            evaluate(TABLE, pipeline, folds="loso")
    assert pids(log) == []
