"""Fixtures of all rooms: the command line, a server, and the corpora, real and built-in."""

import contextlib
import io
import signal
import sys
from types import SimpleNamespace

import pytest
from filelock import FileLock

from tests.support.corpora import corpus_folder


def pytest_collection_modifyitems(items):
    """Whatever takes recordings or a server is marked so: nobody has to remember it."""
    for item in items:
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        asked = {*item.fixturenames, *(value for value in given if isinstance(value, str))}
        if asked & {"emodb", "ravdess", "tess"}:
            item.add_marker(pytest.mark.real_data)
        if "server" in asked:
            item.add_marker(pytest.mark.network)


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """Started in the background by a shell, this process would ignore Ctrl-C, and hand that on to its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def of_this_run(tmp_path_factory, worker_id):
    """A folder of this run of the tests alone, which its processes share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session", autouse=True)
def own_cache(of_this_run):
    """Rows of another run, of other code perhaps, must not pass for this one's; a corpus is measured once in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROSODY_SER_CACHE", str(of_this_run / "cache"))
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
def synthetic(of_this_run):
    """The built-in corpus, made once."""
    from prosody_ser import synthesise

    folder = of_this_run / "synthetic"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            synthesise(folder, seed=0)
    return folder


@pytest.fixture(scope="session")
def synthetic_table(synthetic):
    from prosody_ser import extract_table

    return extract_table(synthetic)


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
