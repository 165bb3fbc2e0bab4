"""Fixtures of all rooms: the command line, a server, and the corpora, real and built-in."""

import contextlib
import io
import signal
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from filelock import FileLock

from tests.support.corpora import corpus_folder


def pytest_addoption(parser):
    parser.addoption("--thorough", action="store_true", help="Also what is too long for every run.")


def pytest_collection_modifyitems(config, items):
    """Mark tests that use recordings or a server automatically, and run files with slow tests first."""
    if not config.getoption("--thorough"):
        left_out = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    for item in items:
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        asked = {*item.fixturenames, *(value for value in given if isinstance(value, str))}
        if asked & {"emodb", "ravdess", "tess"}:
            item.add_marker(pytest.mark.real_data)
        if "server" in asked:
            item.add_marker(pytest.mark.network)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """A process that a shell starts in the background ignores Ctrl-C, and so do its children; undo this."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def of_this_run(tmp_path_factory, worker_id):
    """A folder of this test run, which its processes share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session", autouse=True)
def own_cache(of_this_run):
    """Rows of another run, of other code perhaps, must not pass for this one's; a corpus is measured once in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROSODY_SER_CACHE", str(of_this_run / "cache"))
        yield


@pytest.fixture(scope="session", autouse=True)
def wide_terminal():
    """Lines are whole, so that a test finds its words whatever stands before them; narrow ones have their own tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "10000")
        yield


@pytest.fixture(scope="session")
def emodb():
    return corpus_folder("emodb", "wav")


@pytest.fixture(scope="session")
def ravdess():
    return corpus_folder("ravdess")


@pytest.fixture(scope="session")
def tess():
    return corpus_folder("tess")


@pytest.fixture(scope="session")
def emovo():
    return corpus_folder("emovo")


@pytest.fixture(scope="session")
def synthetic_corpus(of_this_run):
    """The built-in corpus of a seed: ``synthetic_corpus(1)``. Of several processes one makes it."""

    def corpus(seed):
        from prosody_ser import synthesise

        folder = of_this_run / f"synthetic{seed}"
        with FileLock(f"{folder}.lock"):
            if not folder.exists():
                synthesise(folder, seed=seed)
        return folder

    return corpus


@pytest.fixture(scope="session")
def synthetic(synthetic_corpus):
    return synthetic_corpus(0)


@pytest.fixture(scope="session")
def measured(of_this_run):
    """Measure a corpus: ``measured(folder, "full_v1")``. Of several processes one does, and the row cache has it."""

    def measure(folder, features):
        from prosody_ser import extract_table

        with FileLock(of_this_run / "measured.lock"):
            return extract_table(folder, features=features)

    return measure


@pytest.fixture(scope="session")
def synthetic_table(synthetic, measured):
    return measured(synthetic, "prosody_v1")


@pytest.fixture(scope="session")
def emodb_full(emodb, measured):
    return measured(emodb, "full_v1")


@pytest.fixture(scope="session")
def ravdess_full(ravdess, measured):
    return measured(ravdess, "full_v1")


def small_set(full):
    """A table of the small set, whose values are those that it has in the full one (``tests/features/test_row.py``)."""
    from prosody_ser.catalogue import feature_set

    names = tuple(feature.name for feature in feature_set("prosody_v1"))
    return replace(full, feature_names=names, about=full.about | {"feature_set": "prosody_v1"})


@pytest.fixture(scope="session")
def emodb_table(emodb_full):
    return small_set(emodb_full)


@pytest.fixture(scope="session")
def ravdess_table(ravdess_full):
    return small_set(ravdess_full)


@pytest.fixture
def server():
    """An HTTP server on this machine."""
    from tests.support.loopback import Loopback

    made = Loopback()
    yield made
    made.close()


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Run the command line in an empty folder: ``cli("cv", "table.csv")`` gives status, out and err."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        from prosody_ser.cli import main

        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["prosody-ser", *map(str, arguments)])
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stop:
            main()
        return SimpleNamespace(status=stop.value.code, out=out.getvalue(), err=err.getvalue())

    run.folder = tmp_path
    return run
