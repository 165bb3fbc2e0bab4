"""Extraction on a Dask cluster: a real scheduler and two workers on this machine, one of which is killed."""

import os
import signal
import socket

import pandas as pd
import pytest

from prosody_ser import extract_table
from prosody_ser.errors import WorkerError
from prosody_ser.extraction.row_cache import RowCache, cache_path
from prosody_ser.parallel import dask_cluster
from tests.support.dask_processes import DaskProcesses, changed_code
from tests.support.signals import voice, write_wav

PLUGIN = """
import os, time
from pathlib import Path
from prosody_ser.plugin import measure

@measure(unit="ratio", family="timing", low=0, high=1)
def slow_ratio(analysis):
    "so slow that a worker can be killed at it, without end beyond 1 s; says which worker took it"
    with open(Path(__file__).with_name("workers.txt"), "a") as file:
        file.write(f"{os.getppid()}\\n")
    if analysis.audio.duration_s > 1:
        time.sleep(600)
    time.sleep(0.05)
    return 0.5
"""


@pytest.fixture
def dask(tmp_path):
    """A scheduler without workers."""
    with DaskProcesses(tmp_path) as processes:
        yield processes


@pytest.fixture
def cluster(dask):
    """Address of a scheduler, and its two workers."""
    return dask.address, [dask.worker() for _ in range(2)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_table_though_a_worker_is_killed(tmp_path, monkeypatch, cluster):
    address, workers = cluster
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "slow_plugin.py").write_text(PLUGIN)
    for i in range(24):
        write_wav(tmp_path / "corpus" / ("sad", "happy")[i % 2] / f"bob_{i:03}.wav", voice(100 + i, 0.3))
    (tmp_path / "corpus" / "sad" / "bob_bad.wav").write_text("no recording")
    killed = []

    def kill_one(done, total):
        if done >= 10 and not killed:
            victim = int((tmp_path / "workers.txt").read_text().split()[-1])
            assert victim in [worker.pid for worker in workers]
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    copied = {"plugin": "slow_plugin", "augment": "noise,pitch:2"}  # changed copies travel as any recording
    options = copied | {"scheduler": address}
    table = extract_table("corpus", **options, progress=kill_one)
    assert killed
    took = (tmp_path / "workers.txt").read_text().split()
    assert len(set(took)) == 2, "both workers had clips"
    assert (table.frame["status"] != "ok").sum() == 3  # the one that is no recording, and its copies
    here = extract_table("corpus", **copied, cache=False, jobs=2)
    pd.testing.assert_frame_equal(table.frame, here.frame)
    n_before = len((tmp_path / "workers.txt").read_text().split())
    extract_table("corpus", **options)
    assert len((tmp_path / "workers.txt").read_text().split()) == n_before, "its rows were stored"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_clip_that_hangs_costs_itself_only(tmp_path, monkeypatch, cluster):
    """With two threads in total, a lost thread for each try would make all further clips fail."""
    address, _ = cluster
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slow_plugin.py").write_text(PLUGIN)
    for i in range(60):
        write_wav(tmp_path / "corpus" / "sad" / f"bob_{i:03}.wav", voice(100 + i, 1.2 if i == 5 else 0.3))
    table = extract_table("corpus", plugin="slow_plugin", scheduler=address, timeout_s=2, cache=False)
    assert table.frame["status"].value_counts().to_dict() == {"ok": 59, "timed_out": 1}
    assert table.frame["status"][5] == "timed_out"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_of_other_code_is_not_believed(tmp_path, monkeypatch, dask):
    """A worker with the same version but changed code is refused, because its values would be cached permanently."""
    other = changed_code(tmp_path / "other", "audio/frames.py", "0.010", "0.012")
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path / "cache"))
    write_wav(tmp_path / "corpus" / "sad" / "bob_1.wav", voice(150))
    worker = dask.worker(code=other)
    with pytest.raises(WorkerError, match=r"the worker tcp://127.* would compute other values \(code \w+ there and"):
        extract_table(tmp_path / "corpus", scheduler=dask.address)
    with RowCache(cache_path()) as store:
        assert store.info().n_recordings == 0
    worker.kill()
    dask.worker()
    extract_table(tmp_path / "corpus", scheduler=dask.address)
    with RowCache(cache_path()) as store:
        assert store.info().n_recordings == 1


@pytest.mark.parametrize("name", ["numpy", "praat", "prosody-ser", "plugin"])
def test_every_difference_is_named(name):
    ours = {"prosody-ser": "1", "numpy": "1", "praat": "1", "code": "1", "plugin": "1"}
    answer = dask_cluster.Answer("tcp://worker", ours | {name: "2"}, [])
    with pytest.raises(WorkerError, match=rf"worker tcp://worker .*\({name} 2 there and 1 here\)"):
        dask_cluster.Cluster(None, "tcp://scheduler", "")._believed(answer, ours)


@pytest.mark.filterwarnings("ignore")
def test_no_scheduler_is_reported_in_a_line(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_cluster, "CONNECT_S", 1)
    write_wav(tmp_path / "sad" / "bob_1.wav", voice(150))
    with pytest.raises(WorkerError, match="no Dask scheduler answers"):
        extract_table(tmp_path, scheduler="tcp://127.0.0.1:9")


@pytest.mark.filterwarnings("ignore")
def test_a_mute_scheduler_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_cluster, "CONNECT_S", 1)
    write_wav(tmp_path / "sad" / "bob_1.wav", voice(150))
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes connections and says nothing
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(WorkerError, match="no Dask scheduler answers"):
            extract_table(tmp_path, scheduler=address)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_goes_mute_is_given_up(tmp_path, monkeypatch, dask):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slow_plugin.py").write_text(PLUGIN)
    for i in range(9):  # a batch that is done, and one that is not
        write_wav(tmp_path / "corpus" / "sad" / f"bob_{i}.wav", voice(100 + i, 1.2 if i == 8 else 0.3))
    dask.worker()

    def stop(done, total):
        monkeypatch.setattr(dask_cluster, "CONNECT_S", 1)
        dask.scheduler.send_signal(signal.SIGSTOP)

    with pytest.raises(WorkerError, match="the Dask scheduler has not answered"):
        extract_table("corpus", plugin="slow_plugin", scheduler=dask.address, timeout_s=600, cache=False, progress=stop)
