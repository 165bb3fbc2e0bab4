"""Whole corpora from a local server: unpacked safely, once, without overwriting files; and clip by clip."""

import errno
import hashlib
import json
import random
import stat
import threading
import zipfile

import pytest

from prosody_ser.datasets.fetch import fetch_corpus
from prosody_ser.datasets.fetch.sources import SOURCES, Listing, Source
from prosody_ser.errors import FetchError
from tests.support import loopback
from tests.support.folders import files_in
from tests.support.loopback import CLIPS, PATH, ZIP, connection, corpus_files, fetch, source, zipped


def test_a_corpus_is_fetched_once(server, tmp_path):
    offers = []
    server.files[PATH] = ZIP
    done = fetch_corpus(source(), tmp_path / "new" / "er", connection=connection(server), announce=offers.append)
    assert (done.files, done.n_bytes, done.already) == (5, 300_000, False)
    assert [(offer.files, offer.n_bytes) for offer in offers] == [(1, len(ZIP))]
    assert corpus_files(tmp_path / "new" / "er") == CLIPS
    again = fetch_corpus(source(), tmp_path / "new" / "er", connection=connection(server), announce=offers.append)
    assert (again.files, again.already) == (5, True)
    assert len(server.log) == len(offers) == 1


def test_a_lost_clip_is_fetched_again(server, tmp_path):
    fetch(server, tmp_path)
    (tmp_path / "emodb/wav/03a01Fa.wav").unlink()
    assert not fetch(server, tmp_path).already
    assert corpus_files(tmp_path) == CLIPS


def test_a_file_system_without_locks_will_do(server, tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def flock(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)
    fetch(server, tmp_path)
    assert corpus_files(tmp_path) == CLIPS


def test_other_files_are_left_alone(server, tmp_path):
    (tmp_path / "emodb" / "wav").mkdir(parents=True)
    (tmp_path / "emodb" / "notes.txt").write_text("mine")
    (tmp_path / "emodb/wav/03a02Fa.wav").write_bytes(CLIPS["emodb/wav/03a02Fa.wav"])
    fetch(server, tmp_path)
    assert corpus_files(tmp_path) == {**CLIPS, "emodb/notes.txt": b"mine"}


def test_nothing_is_overwritten(server, tmp_path):
    (tmp_path / "emodb" / "wav").mkdir(parents=True)
    (tmp_path / "emodb/wav/03a02Fa.wav").write_text("mine")
    with pytest.raises(FetchError, match=r"03a02Fa\.wav: the file exists already with other content"):
        fetch(server, tmp_path)
    assert (tmp_path / "emodb/wav/03a02Fa.wav").read_text() == "mine"
    assert not (tmp_path / "emodb/wav/03a01Fa.wav").exists()
    (tmp_path / "emodb/wav/03a02Fa.wav").unlink()
    fetch(server, tmp_path)
    assert corpus_files(tmp_path) == CLIPS
    assert len(server.log) == 1  # the archive had been kept


def test_nothing_is_written_through_a_link(server, tmp_path):
    (tmp_path / "precious").write_bytes(CLIPS["emodb/wav/03a02Fa.wav"])
    (tmp_path / "corpus" / "emodb" / "wav").mkdir(parents=True)
    (tmp_path / "corpus/emodb/wav/03a02Fa.wav").symlink_to(tmp_path / "precious")
    with pytest.raises(FetchError, match="other content"):
        fetch(server, tmp_path / "corpus")


def test_a_failed_download_leaves_no_folder(server, tmp_path):
    server.behave(PATH, loopback.status(404))
    with pytest.raises(FetchError):
        fetch(server, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def linked(name, target):
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


EVIL = {
    "up": [("../evil.wav", b"x")],
    "up within": [("a/../../evil.wav", b"x")],
    "absolute": [("/tmp/evil.wav", b"x")],
    "Windows": [("..\\evil.wav", b"x")],
    "drive": [("C:/evil.wav", b"x")],
    "link": [linked("a", "/tmp"), ("a/evil.wav", b"x")],
    "twice": [("a.wav", b"x"), ("a.wav", b"y")],
    "twice but for case": [("a.wav", b"x"), ("A.wav", b"y")],
    "nothing": [("empty/", b"")],
    "file as folder": [("a", b"x"), ("a/b.wav", b"y")],
}


@pytest.mark.parametrize("kind", EVIL)
def test_an_archive_that_would_write_elsewhere_is_refused_whole(server, tmp_path, kind):
    body = zipped([("good.wav", b"good"), *EVIL[kind]] if kind != "nothing" else EVIL[kind])
    (tmp_path / "in" / "corpus").mkdir(parents=True)
    with pytest.raises(FetchError) as caught:
        fetch(server, tmp_path / "in" / "corpus", body)
    assert "\n" not in str(caught.value)
    kept = {name for name in files_in(tmp_path) if not name.endswith(".zip")}
    assert kept == set()


@pytest.mark.parametrize("kind", ["of zeros", "of names"])
def test_a_bomb_is_refused(server, tmp_path, kind):
    if kind == "of zeros":
        body = zipped([("a.wav", bytes(20_000_000))], compression=zipfile.ZIP_DEFLATED)
    else:
        body = zipped([(f"{i}.wav", b"") for i in range(100_001)])
    with pytest.raises(FetchError, match="far too much for"):
        fetch(server, tmp_path, body)
    assert set(files_in(tmp_path)) == {".prosody-ser/corpus.zip"}


def flipped(body, at):
    return body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :]


@pytest.mark.parametrize(
    "body",
    [b"<html>no zip</html>", ZIP[: len(ZIP) // 2], flipped(ZIP, 30_000), flipped(ZIP, 2), b""],
    ids=["no zip", "half", "a byte changed", "header changed", "empty"],
)
def test_a_broken_archive_with_the_right_checksum_moves_nothing(server, tmp_path, body):
    with pytest.raises(FetchError, match=r"corpus\.zip: the archive cannot be unpacked"):
        fetch(server, tmp_path, body)
    assert set(files_in(tmp_path)) <= {".prosody-ser/corpus.zip"}


def test_an_interrupted_unpacking_is_redone(server, tmp_path):
    """A download that was killed with a complete archive, half of it unpacked and one clip moved, is finished."""
    work = tmp_path / ".prosody-ser"
    for name in ("unpacking/emodb/wav/03a03Fa.wav", "tmpabc"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(b"half")
    (work / "corpus.zip").write_bytes(ZIP)
    (tmp_path / "emodb" / "wav").mkdir(parents=True)
    (tmp_path / "emodb/wav/03a01Fa.wav").write_bytes(CLIPS["emodb/wav/03a01Fa.wav"])
    fetch(server, tmp_path)
    assert server.log == []
    assert corpus_files(tmp_path) == CLIPS


def test_parts_are_fetched_when_asked_for(server, tmp_path):
    song = zipped([("Actor_01/03-02-01-01-01-01-01.wav", b"la")])
    server.files.update({PATH: ZIP, "/song.zip": song})
    both = Source(archives=source().archives + source(song, "/song.zip", part="song").archives)
    assert both.parts == ("song",)
    assert fetch_corpus(both, tmp_path, connection=connection(server)).files == 5
    assert fetch_corpus(both, tmp_path, parts=("song",), connection=connection(server)).files == 6
    assert [path for path, _ in server.log] == [PATH, "/song.zip"]
    assert fetch_corpus(both, tmp_path, connection=connection(server)).already


TESS = {f"OAF_{word}_angry.wav": random.Random(word).randbytes(50_000) for word in ("back", "bar", "base", "bath")}
TESS_PATH = "/api/datasets/:persistentId/"


def dataverse(server, clips=TESS, **changes):
    """Serve `clips` as a Dataverse server does."""
    files = [
        {
            "dataFile": {
                "id": 9,
                "filename": "MANIFEST.TXT",
                "filesize": 3,
                "checksum": {"type": "MD5", "value": "0" * 32},
            }
        }
    ]
    for number, (name, content) in enumerate(clips.items(), start=100):
        checksum = {"type": "MD5", "value": hashlib.md5(content).hexdigest()}
        files.append(
            {"dataFile": {"id": number, "filename": name, "filesize": len(content), "checksum": checksum, **changes}}
        )
        server.files[f"/api/access/datafile/{number}"] = content
    server.files[TESS_PATH] = json.dumps({"status": "OK", "data": {"latestVersion": {"files": files}}}).encode()
    return Source(listing=Listing(SOURCES["tess"].listing.url, "dataverse", len(clips)))


def test_clips_are_fetched_one_by_one(server, tmp_path):
    tess = dataverse(server)
    assert fetch_corpus(tess, tmp_path, connection=connection(server)).files == 4
    assert corpus_files(tmp_path) == TESS
    assert server.log[0][0] == f"{TESS_PATH}?persistentId=doi:10.5683/SP2/E8H2MF"
    asked = len(server.log)
    assert fetch_corpus(tess, tmp_path, connection=connection(server)).already
    assert len(server.log) == asked == 5


def test_clips_go_on_with_those_that_lack(server, tmp_path):
    tess = dataverse(server)
    server.behave("/api/access/datafile/102", loopback.status(404))
    with pytest.raises(FetchError, match="datafile/102: the server answered 404"):
        fetch_corpus(tess, tmp_path, connection=connection(server))
    here = set(corpus_files(tmp_path)) & set(TESS)
    server.log.clear()
    fetch_corpus(tess, tmp_path, connection=connection(server))
    assert corpus_files(tmp_path) == TESS
    assert len(server.log) == 1 + 4 - len(here)


def test_a_clip_of_that_name_is_not_overwritten(server, tmp_path):
    tess = dataverse(server)
    (tmp_path / "OAF_bar_angry.wav").write_text("mine")
    with pytest.raises(FetchError, match=r"OAF_bar_angry\.wav: the file exists already with other content"):
        fetch_corpus(tess, tmp_path, connection=connection(server))
    assert corpus_files(tmp_path) == {"OAF_bar_angry.wav": b"mine"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"filename": "../evil.wav"}, "is outside the folder"),
        ({"checksum": {"type": "MD5", "value": "12"}}, "did not send the expected list"),
        ({"checksum": {"type": "CRC", "value": "12"}}, "did not send the expected list"),
        ({"id": "../../x"}, "did not send the expected list"),
        ({"filename": "notes.txt"}, "names no recordings"),
    ],
)
def test_a_list_that_is_none_is_refused(server, tmp_path, changes, words):
    with pytest.raises(FetchError, match=words):
        fetch_corpus(dataverse(server, **changes), tmp_path / "new", connection=connection(server))
    assert not (tmp_path / "new").exists()


def test_a_list_that_is_no_json_is_refused(server, tmp_path):
    tess = dataverse(server)
    server.files[TESS_PATH] = b"<html>down for maintenance</html>"
    with pytest.raises(FetchError, match="did not send the expected list of files"):
        fetch_corpus(tess, tmp_path, connection=connection(server))


def tfds(server, clips=TESS):
    """Serve `clips` as CREMA-D is, with a list as TensorFlow Datasets keeps them."""
    lines = ["https://raw.example/summaryTable.csv 12 " + "0" * 64]
    for name, content in clips.items():
        server.files[f"/media/AudioWAV/{name}"] = content
        sha256 = hashlib.sha256(content).hexdigest()
        lines.append(f"https://media.example/media/AudioWAV/{name} {len(content)} {sha256}")
    server.files["/list.txt"] = "\n".join(lines).encode() + b"\n"
    checksum = f"sha256:{hashlib.sha256(server.files['/list.txt']).hexdigest()}"
    return Source(listing=Listing("https://lists.example/list.txt", "tfds", len(clips), checksum))


def test_a_list_is_checked_itself(server, tmp_path):
    crema = tfds(server)
    assert fetch_corpus(crema, tmp_path / "a", connection=connection(server)).files == 4
    assert corpus_files(tmp_path / "a") == TESS
    server.files["/list.txt"] = server.files["/list.txt"].replace(b" 50000 ", b" 50001 ")
    with pytest.raises(FetchError, match=r"list\.txt: wrong checksum"):
        fetch_corpus(crema, tmp_path / "b", connection=connection(server))
    assert not (tmp_path / "b").exists()


def test_threads_end_when_a_clip_fails(server, tmp_path):
    tess = dataverse(server)
    for number in range(100, 104):
        server.behave(f"/api/access/datafile/{number}", *[loopback.hang] * 5)
    before = threading.active_count()
    with pytest.raises(FetchError, match="no answer within"):
        fetch_corpus(tess, tmp_path, connection=connection(server, timeout_s=0.3, retries=0))
    made = [thread for thread in threading.enumerate() if "ThreadPoolExecutor" in thread.name]
    assert (made, before) == ([], before)
