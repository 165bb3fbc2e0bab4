"""The command ``datasets fetch``: its messages, interruptions at any moment, a full disk, and its data."""

import os
import pty
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from prosody_ser.datasets import CORPORA
from prosody_ser.datasets.fetch.sources import ASK, SOURCES
from prosody_ser.errors import FetchError
from tests.support import loopback
from tests.support.command_line import assert_refused
from tests.support.folders import files_in
from tests.support.loopback import CLIPS, PATH, ZIP, corpus_files, fetch, md5, source, zipped
from tests.support.processes import PATIENCE_S


def test_the_command_tells_what_comes_and_how_to_go_on(cli, server, monkeypatch):
    server.files[PATH] = ZIP
    monkeypatch.setitem(SOURCES, "emodb", source())
    done = cli("datasets", "fetch", "emodb", "my corpus", "--mirror", server.url)
    assert (done.status, done.err) == (0, "")
    corpus = CORPORA["emodb"]
    for part in (corpus.title, corpus.licence, corpus.citation, "1 file, 0.3 MB", "5 files, 0.3 MB in my corpus"):
        assert part in done.out
    assert done.out.endswith("next step: prosody-ser extract 'my corpus' out.csv\n")
    again = cli("datasets", "fetch", "emodb", "my corpus", "--mirror", server.url)
    assert again.status == 0
    assert again.out.startswith("my corpus already holds all files of emodb: 5 files, 0.3 MB")
    assert len(server.log) == 1


@pytest.mark.parametrize("name", ASK)
def test_what_is_not_served_is_asked_for(cli, name):
    done = cli("datasets", "fetch", name, "corpus")
    assert_refused(done, name, "nothing was fetched")
    assert "http" in done.out
    assert not (cli.folder / "corpus").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("iemocap", "x"), "unknown corpus 'iemocap'; choose from ravdess, emodb"),
        (("folder", "x"), "cannot be downloaded"),
        (("emodb", "x", "--song"), "emodb has no sung clips"),
        (("emodb", "x", "--mirror", "ftp://a"), "must begin with http"),
        (("emodb", "x", "--mirror", "http://[a"), "must begin with http"),
        (("emodb", "x", "--mirror", "http://"), "must begin with http"),
        (("emodb", "x", "--mirror", "http://a:99999"), "must begin with http"),
        (("emodb", "x", "--timeout", "1e12"), "86,400"),
        (("emodb",), "see 'prosody-ser datasets fetch --help'"),
        (("emodb", "file.txt"), "file.txt: this is not a folder"),
        (("emodb", "file.txt/below"), "cannot be written"),
    ],
)
def test_what_the_command_refuses(cli, arguments, words):
    (cli.folder / "file.txt").write_text("precious")
    assert_refused(cli("datasets", "fetch", *arguments), words)
    assert files_in(cli.folder) == {"file.txt": b"precious"}


def test_a_failed_download_is_one_line(cli, server):
    assert_refused(cli("datasets", "fetch", "ravdess", "x", "--mirror", server.url, "--retries", "0"), "404 Not Found")
    assert server.log[0][0] == "/records/1188976/files/Audio_Speech_Actors_01-24.zip?download=1"
    assert list(cli.folder.iterdir()) == []


def test_help_names_what_is_served(cli):
    assert cli("datasets", "--help").out.startswith("Usage: prosody-ser datasets")
    assert "fetch" in cli("datasets", "--help").out
    out = re.sub(r"-\n\s*", "-", cli("datasets", "fetch", "--help").out)  # a line may break at a hyphen
    for name in (*SOURCES, *ASK):
        assert re.search(rf"\b{name}\b", out)


RUN = """
import sys
from prosody_ser.datasets.fetch.sources import SOURCES, Archive, Source
from prosody_ser.cli import main
url, checksum, size = sys.argv[1:4]
SOURCES["emodb"] = Source(archives=(Archive(url, checksum, int(size)),))
sys.argv = ["prosody-ser", "datasets", "fetch", "emodb", "corpus", *sys.argv[4:]]
main()
"""


def child(server, folder, *options, body=ZIP, **how):
    command = [sys.executable, "-c", RUN, f"{server.url}{PATH}", md5(body), str(len(body)), *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_download_goes_on_with_the_same_command(server, tmp_path, number):
    server.files[PATH] = ZIP
    server.behave(PATH, loopback.drip(20_000, 0.1))
    part = tmp_path / "corpus/.prosody-ser/corpus.zip.part"
    with child(server, tmp_path) as run:
        while run.poll() is None and not (part.exists() and part.stat().st_size > 50_000):
            time.sleep(0.02)
        run.send_signal(number)
        _, err = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[number]
    assert "Traceback" not in err
    assert not (tmp_path / "corpus/emodb").exists()
    kept = part.stat().st_size
    assert part.read_bytes() == ZIP[:kept]
    with child(server, tmp_path) as run:
        _, err = run.communicate(timeout=PATIENCE_S)
    assert (run.returncode, err) == (0, "")
    assert server.ranges() == [None, f"bytes={kept}-"]
    assert corpus_files(tmp_path / "corpus") == CLIPS


@pytest.mark.slow
@pytest.mark.parametrize("n_loops", [1, pytest.param(5, marks=pytest.mark.thorough)])
def test_killed_at_any_moment(server, tmp_path, n_loops):
    """After three kills at random moments, one complete run leaves the corpus and nothing else."""
    server.files[PATH] = ZIP
    rng = random.Random(0)
    for loop in range(n_loops):
        folder = tmp_path / str(loop)
        folder.mkdir()
        server.behave(PATH, *[loopback.drip(20_000, 0.01)] * 3)
        for _ in range(3):
            with child(server, folder) as run:
                asked = len(server.log)
                while run.poll() is None and len(server.log) == asked:
                    time.sleep(0.005)
                time.sleep(rng.uniform(0, 0.3))
                run.kill()
        server.behave(PATH)
        with child(server, folder) as run:
            _, err = run.communicate(timeout=PATIENCE_S)
        assert (run.returncode, err) == (0, "")
        assert corpus_files(folder / "corpus") == CLIPS


@pytest.mark.slow
def test_two_at_once_do_not_meet(server, tmp_path):
    server.files[PATH] = ZIP
    second_ended = threading.Event()
    server.behave(PATH, loopback.in_halves(second_ended))
    with child(server, tmp_path) as first:
        while first.poll() is None and not server.log:
            time.sleep(0.02)
        with child(server, tmp_path) as second:
            _, err = second.communicate(timeout=PATIENCE_S)
        second_ended.set()
        assert second.returncode == 2
        assert err == "prosody-ser: corpus: another 'datasets fetch' is running in this folder\n"
        assert first.wait(timeout=PATIENCE_S) == 0
    assert corpus_files(tmp_path / "corpus") == CLIPS


@pytest.mark.slow
def test_progress_is_drawn_on_a_terminal_only(server, tmp_path):
    server.files[PATH] = ZIP
    server.behave(PATH, loopback.drip(50_000, 0.1))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", RUN, f"{server.url}{PATH}", md5(ZIP), str(len(ZIP))]
    shown = b""
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True) as run:
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        out, _ = run.communicate(timeout=PATIENCE_S)
    os.close(ours)
    assert run.returncode == 0
    assert b"300.0" in shown or b"kB" in shown
    assert "\x1b" not in out
    with child(server, tmp_path / ".") as run:
        out, err = run.communicate(timeout=PATIENCE_S)
    assert err == ""


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of 1 MB, or skip."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"needs to mount a small disk: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_too_small_is_reported_before_the_download(server, small_disk):
    body = zipped([("a.wav", random.Random(0).randbytes(2_000_000))])
    with pytest.raises(FetchError, match=r"no space left: 2\.0 MB needed, 1\.0 MB free"):
        fetch(server, small_disk, body)
    assert server.log == []
    assert files_in(small_disk) == {}


def test_a_disk_too_small_to_unpack_is_reported(server, small_disk):
    body = zipped([("a.wav", random.Random(0).randbytes(100_000) * 9)], compression=zipfile.ZIP_BZIP2)
    with pytest.raises(FetchError, match="no space left to unpack"):
        fetch(server, small_disk, body)
    assert set(files_in(small_disk)) == {".prosody-ser/corpus.zip"}


def test_a_full_disk_is_reported_and_the_download_resumes(server, small_disk):
    def fill(loopback_server, handler, body):
        (small_disk / "other").write_bytes(bytes(700_000))
        loopback.serve(loopback_server, handler, body)

    body = zipped([("a.wav", random.Random(0).randbytes(450_000))])
    server.behave(PATH, fill)
    with pytest.raises(FetchError, match=r"no space left; free some space, then run the same command again to resume$"):
        fetch(server, small_disk, body)
    (small_disk / "other").unlink()
    fetch(server, small_disk, body)
    assert set(corpus_files(small_disk)) == {"a.wav"}
    assert server.ranges()[1] is not None


def test_a_folder_that_cannot_be_written_is_reported(cli, monkeypatch):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (cli.folder / "closed").mkdir(mode=0o555)
    assert_refused(cli("datasets", "fetch", "emodb", "closed"), "cannot be written")


@pytest.mark.parametrize("name", SOURCES)
def test_sources_are_complete(name):
    """Lengths of checksums, https and known formats, to detect typing errors."""
    lengths = {"md5": 32, "sha256": 64}
    made = SOURCES[name]
    assert made.archives or made.listing
    for item in (*made.archives, *filter(None, [made.listing])):
        assert item.url.startswith("https://")
        if item.checksum:
            algorithm, value = item.checksum.split(":")
            assert re.fullmatch(f"[0-9a-f]{{{lengths[algorithm]}}}", value)
    for archive in made.archives:
        assert archive.checksum
        assert archive.size > 1_000_000
        assert Path(archive.url.partition("?")[0]).suffix == ".zip"


def test_no_corpus_is_both_served_and_asked_for():
    assert not set(SOURCES) & set(ASK)


def test_what_can_be_fetched_can_be_extracted():
    assert set(SOURCES) | set(ASK) <= set(CORPORA)
