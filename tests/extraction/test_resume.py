"""After a run that was killed, stopped or had no disk space, the same command resumes; the table has the same bytes."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.processes import PATIENCE_S, children, gone
from tests.support.project import ROOT
from tests.support.signals import voice, write_wav

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux' /proc to find the workers")
#: A measure that keeps count of who is measured; slow, so that a run can be met in the middle.
COUNTING = """
import time
from pathlib import Path
from prosody_ser.plugin import measure

@measure(unit="ratio", family="timing", low=0, high=10)
def counted_ratio(analysis):
    "writes down each clip that it measures"
    with open(Path(__file__).with_name("measured.txt"), "a") as file:
        file.write(f"{analysis.audio.duration_s:.4f}\\n")
    time.sleep(0.02)
    return analysis.audio.duration_s
"""
N_CLIPS = 40


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A corpus whose clips all differ in length, the counting plugin, a cache of its own."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for i in range(N_CLIPS):
        write_wav(tmp_path / "corpus" / ("sad", "happy")[i % 2] / f"bob_{i:03}.wav", voice(150, 0.305 + 0.01 * i))
    (tmp_path / "corpus" / "sad" / "bob_bad.wav").write_text("no recording")
    (tmp_path / f"{plugin_of(tmp_path)}.py").write_text(COUNTING)
    return tmp_path


def plugin_of(place):
    return f"counting_{place.name}"  # what a process once knows of a plugin it keeps


def arguments(place):
    return ["extract", "corpus", "features.csv", "--plugin", plugin_of(place), "--jobs", "2"]


def command(place, *more):
    """A separate process, which can be killed."""
    environment = os.environ | {"PROSODY_SER_CACHE": str(place / "cache"), "PYTHONPATH": str(ROOT)}
    return {
        "args": [sys.executable, "-m", "prosody_ser", *arguments(place), *more],
        "cwd": place,
        "env": environment,
        "text": True,
    }


@pytest.fixture
def extract(place, cli, monkeypatch):
    """The same command here, which saves the time that the libraries take to load."""

    def run(*more, cache="cache"):
        monkeypatch.setenv("PROSODY_SER_CACHE", str(place / cache))
        done = cli(*arguments(place), *more)
        assert done.status == 0, done.err
        return done.out

    return run


def undisturbed(place, extract):
    """The result of an undisturbed run."""
    extract(cache="other cache")
    expected = outputs(place)
    for name in (*expected, "measured.txt"):
        (place / name).unlink()
    return expected


def outputs(place):
    return {name: (place / name).read_bytes() for name in ("features.csv", "features.csv.json")}


def measured(place):
    """How often each clip was measured; the buzz that warms a process up has a length of its own."""
    counts = Counter((place / "measured.txt").read_text().split())
    del counts["0.5000"]
    return counts


def disturb(place, wait_s, victims):
    """Kill -9 whom `victims` picks of the command and its workers, a while after these began; its workers, its status.

    The time is not counted from the start: how long the libraries take to load depends on what else the machine does.
    """
    with subprocess.Popen(**command(place), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        while run.poll() is None and not children(run.pid):
            time.sleep(0.002)
        deadline = time.monotonic() + wait_s
        while run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        workers = children(run.pid)
        for pid in victims(run.pid, workers) if run.poll() is None else ():
            os.kill(pid, signal.SIGKILL)
        _, err = run.communicate(timeout=PATIENCE_S)
    return workers, run.returncode, err


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("n_loops", [1, pytest.param(4, marks=pytest.mark.thorough)])
def test_killed_at_any_moment_it_goes_on(place, extract, n_loops):
    """Kill the parent, workers, or all of them: the result is the same, and no worker survives its parent."""
    expected = undisturbed(place, extract)
    rng = random.Random(0)
    pickers = [
        lambda parent, workers: [parent],
        lambda parent, workers: rng.sample(workers, min(1, len(workers))),
        lambda parent, workers: [*workers, parent],
    ]
    n_parents, n_workers = 0, 0
    for loop in range(n_loops + 5):
        if loop >= n_loops and n_parents and n_workers:  # on a quick machine a run may end before its workers are met
            break
        shutil.rmtree(place / "cache", ignore_errors=True)
        (place / "measured.txt").unlink(missing_ok=True)
        for name in expected:
            (place / name).unlink(missing_ok=True)
        for attempt in range(20):
            wait_s = rng.uniform(0.0, 0.9) * (1 + attempt / 5)  # longer each time, for slow machines
            workers, status, err = disturb(place, wait_s, pickers[(loop + attempt) % 3])
            assert gone(workers)
            n_workers += len(workers)
            if status == 0:
                break
            assert status == -signal.SIGKILL, err
            # Killed after all work, before its process ended, it has left the whole table.
            assert not (place / "features.csv").exists() or outputs(place) == expected
            n_parents += 1
        assert outputs(place) == expected
        # What was in the hands of a worker when it was killed is measured again, nothing else is.
        assert max(measured(place).values()) <= 2 + attempt
    assert n_parents
    assert n_workers, "none had workers when it was killed"
    assert not [name for name in os.listdir(place) if name.startswith(".")]


@needs_proc
def test_what_is_done_is_done_once(place, extract):
    """Killed and then run to the end: only the batches in progress are measured twice."""
    expected = undisturbed(place, extract)
    (place / "measured.txt").touch()
    with subprocess.Popen(**command(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None and sum(measured(place).values()) < N_CLIPS // 2:
            time.sleep(0.005)
        workers = children(run.pid)
        run.kill()
    assert gone(workers)
    assert not (place / "features.csv").exists()
    n_before = sum(measured(place).values())
    assert n_before < N_CLIPS
    extract()
    assert outputs(place) == expected
    assert sum(measured(place).values()) <= N_CLIPS + 2 * 8


@needs_proc
def test_a_killed_worker_is_replaced(place, extract):
    expected = undisturbed(place, extract)
    workers, status, err = disturb(place, 0.2, lambda parent, workers: workers)
    assert workers, "it ended before any could be killed"
    assert (status, err) == (0, err)
    assert gone(workers)
    assert outputs(place) == expected


def test_the_cache_serves_other_folders_and_stops_where_values_could_differ(place, extract):
    def elsewhere():
        subprocess.run(**command(place), check=True, capture_output=True)

    def n_measured(*more, by=extract):
        (place / "measured.txt").write_text("")
        by(*more)
        return sum(measured(place).values())

    assert n_measured() == N_CLIPS
    assert f"{N_CLIPS} clips from the cache" in extract()
    assert n_measured() == 0
    assert n_measured("--no-cache") == N_CLIPS
    (place / "corpus" / "sad").rename(place / "corpus" / "anger")  # other names and labels, the same sounds
    assert n_measured() == 0
    assert n_measured("--set", "full_v1") == N_CLIPS
    assert n_measured("--level", "frames") <= 0  # measures have no contours; no row of clips passes for frames
    with open(place / f"{plugin_of(place)}.py", "a") as plugin:
        plugin.write("\n# changed\n")
    assert n_measured(by=elsewhere) == N_CLIPS
    write_wav(place / "corpus" / "happy" / "bob_001.wav", voice(151, 0.31))
    shutil.copy(place / "corpus" / "happy" / "bob_001.wav", place / "corpus" / "happy" / "ann_copy.wav")
    assert n_measured(by=elsewhere) == 1


@pytest.mark.parametrize("full", ["cache", "features.csv"])
def test_no_room_is_a_line_and_the_work_is_kept(place, extract, full):
    """A limit on the size of files stands for a full disk: of rows not all fit, or they all are there already."""
    if full == "features.csv":
        extract()
    (place / "features.csv").write_text("precious")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(**command(place, "--force"), preexec_fn=limit, capture_output=True, check=False)
    assert done.stderr.count("\n") <= 2, done.stderr
    assert done.returncode == 2
    assert f"{full}: the file cannot be written" in done.stderr or f"the {full} cannot be used" in done.stderr
    assert (place / "features.csv").read_text() == "precious"
    assert not [name for name in os.listdir(place) if name.startswith(".")]
    (place / "measured.txt").write_text("")
    extract("--force")
    assert sum(measured(place).values()) < N_CLIPS


def test_a_closed_terminal_ends_it_and_keeps_the_work(place, extract):
    (place / "measured.txt").touch()
    with subprocess.Popen(**command(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as closed:
        while closed.poll() is None and sum(measured(place).values()) < N_CLIPS // 2:
            time.sleep(0.005)
        closed.send_signal(signal.SIGHUP)
    assert closed.returncode == 128 + signal.SIGHUP
    extract()
    assert sum(measured(place).values()) <= N_CLIPS + 2 * 8


@pytest.mark.thorough
def test_memory_does_not_grow_with_the_corpus(tmp_path):
    """20,000 names, of one clip and of an empty file: what the parent keeps of each is small, its rows are never all
    in memory, those of failed clips being as long."""
    peaks = []
    for n_clips in (1000, 20000):
        folder = tmp_path / str(n_clips)
        first = write_wav(folder / "corpus" / "sad" / "bob_00000.wav", voice(150, 0.3))
        empty = folder / "empty"
        empty.touch()
        for i in range(1, n_clips):
            os.link(first if i % 20 == 0 else empty, first.with_name(f"bob_{i:05}.wav"))
        code = (
            "import resource, sys; from prosody_ser.extraction.extract import Extraction, extract_to_file\n"
            "extract_to_file(Extraction('corpus'), 'features.csv', cache=False, jobs=1)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=True, text=True
        )
        peaks.append(int(done.stdout) / 1024)
        assert (folder / "features.csv").read_bytes().count(b"\n") == n_clips + 1
    assert peaks[1] - peaks[0] < 50
