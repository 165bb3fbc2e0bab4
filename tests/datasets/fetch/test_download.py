"""One file from a real local server: complete, interrupted, with wrong lengths, slow, changed."""

import random
import socket

import pytest

from prosody_ser.datasets.fetch import Connection
from prosody_ser.datasets.fetch.download import download
from prosody_ser.errors import FetchError
from tests.support import loopback
from tests.support.folders import files_in
from tests.support.loopback import PATH, connection, md5

BODY = random.Random(1).randbytes(700_000)


def get(server, tmp_path, body=BODY, checksum=None, size="known", **options):
    """Download the file at PATH; return the bytes that were written."""
    server.files.setdefault(PATH, body)
    target = tmp_path / "corpus.zip"
    n_bytes = len(body) if size == "known" else size
    made = connection(server, **options)
    try:
        download(f"https://corpus.example{PATH}?download=1", target, checksum or md5(body), n_bytes, made)
    finally:
        made.session.close()
    return target.read_bytes()


def test_a_whole_download_leaves_only_the_file(server, tmp_path):
    assert get(server, tmp_path) == BODY
    assert files_in(tmp_path) == {"corpus.zip": BODY}
    assert server.log[0][0] == f"{PATH}?download=1"


def test_bytes_are_counted_once(server, tmp_path):
    server.files[PATH] = BODY
    server.behave(PATH, loopback.cut(300_000), loopback.without_range)
    counted = []
    made = connection(server)
    download(PATH, tmp_path / "corpus.zip", md5(BODY), len(BODY), made, counted.append)
    made.session.close()
    assert sum(counted) == len(BODY)
    assert min(counted) == -300_000  # thrown away when the server began anew


def test_a_broken_connection_goes_on_where_it_broke(server, tmp_path):
    server.behave(PATH, loopback.cut(200_000), loopback.cut(100_000))
    assert get(server, tmp_path) == BODY
    assert server.ranges() == [None, "bytes=200000-", "bytes=300000-"]
    assert server.log[1][1]["If-Range"] == '"1"'


def test_the_next_call_goes_on_where_the_last_one_stopped(server, tmp_path):
    server.behave(PATH, loopback.cut(200_000))
    with pytest.raises(FetchError, match=r"broke after 200000 of 700000 bytes; run the same command|IncompleteRead"):
        get(server, tmp_path, retries=0)
    assert (tmp_path / "corpus.zip.part").read_bytes() == BODY[:200_000]
    assert get(server, tmp_path) == BODY
    assert server.ranges() == [None, "bytes=200000-"]
    assert set(files_in(tmp_path)) == {"corpus.zip"}


def test_a_server_without_range_starts_anew(server, tmp_path):
    server.behave(PATH, loopback.cut(200_000), loopback.without_range)
    assert get(server, tmp_path) == BODY


def test_a_server_that_marks_no_version_starts_anew(server, tmp_path):
    server.behave(PATH, loopback.cut(200_000, etag=None))
    assert get(server, tmp_path) == BODY
    assert server.ranges() == [None, None]


@pytest.mark.parametrize("second", [loopback.serve, loopback.careless], ids=["If-Range kept", "If-Range passed over"])
def test_halves_of_two_versions_never_meet(server, tmp_path, second):
    server.files[PATH] = bytes(len(BODY))
    server.behave(PATH, loopback.cut(200_000))
    with pytest.raises(FetchError):
        get(server, tmp_path, retries=0)
    server.etag, server.files[PATH] = '"2"', BODY
    server.behave(PATH, second)
    assert get(server, tmp_path) == BODY


def test_a_part_longer_than_the_file_is_thrown_away(server, tmp_path):
    (tmp_path / "corpus.zip.part").write_bytes(bytes(len(BODY) + 1))
    (tmp_path / "corpus.zip.part.version").write_text('"1"')
    assert get(server, tmp_path) == BODY
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "corpus.zip.part").write_bytes(bytes(len(BODY) + 1))
    (tmp_path / "again" / "corpus.zip.part.version").write_text('"1"')
    assert get(server, tmp_path / "again", size=None) == BODY


def test_a_part_that_is_whole_asks_for_nothing(server, tmp_path):
    (tmp_path / "corpus.zip.part").write_bytes(BODY)
    (tmp_path / "corpus.zip.part.version").write_text('"1"')
    assert get(server, tmp_path) == BODY
    assert server.log == []


def refused(server, tmp_path, *words, **options):
    """Check that the download fails with one line, and leaves no file."""
    with pytest.raises(FetchError) as caught:
        get(server, tmp_path, **options)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)
    assert not (tmp_path / "corpus.zip").exists()
    return files_in(tmp_path)


def test_a_wrong_checksum_keeps_nothing(server, tmp_path):
    server.files[PATH] = BODY[:-1] + b"?"
    assert refused(server, tmp_path, PATH, md5(BODY), md5(server.files[PATH])[4:], "the download was deleted") == {}
    server.files[PATH] = BODY
    assert get(server, tmp_path) == BODY


@pytest.mark.parametrize("length", [len(BODY) - 1, len(BODY) // 2, len(BODY) + 1])
def test_another_length_than_published_is_refused_at_once(server, tmp_path, length):
    server.behave(PATH, loopback.says(length))
    assert refused(server, tmp_path, str(length), "the published one 700000") == {}
    assert len(server.log) == 1


def test_a_wrong_length_is_noticed_without_a_published_one(server, tmp_path):
    server.behave(PATH, loopback.says(len(BODY) // 2))
    assert refused(server, tmp_path, "wrong checksum", size=None) == {}
    server.behave(PATH, *[loopback.says(2 * len(BODY))] * 3)
    refused(server, tmp_path, PATH, size=None)


def test_a_body_without_length_that_ends_early_goes_on(server, tmp_path):
    server.behave(PATH, loopback.until_close(200_000))
    assert get(server, tmp_path) == BODY
    assert server.ranges() == [None, "bytes=200000-"]


def test_a_body_that_does_not_end_is_left(server, tmp_path):
    server.files[PATH] = BODY + bytes(10_000_000)
    server.behave(PATH, loopback.until_close(len(server.files[PATH])))
    assert refused(server, tmp_path, "longer than the expected 700000 bytes") == {}


def test_missing_is_reported_at_once(server, tmp_path):
    server.behave(PATH, loopback.status(404))
    assert refused(server, tmp_path, PATH, "404 Not Found") == {}
    assert len(server.log) == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again(server, tmp_path, code):
    server.behave(PATH, loopback.status(code), loopback.status(code, Retry_After="0.1"))
    assert get(server, tmp_path) == BODY


def test_a_server_that_stays_broken_is_left(server, tmp_path):
    server.behave(PATH, *[loopback.status(500)] * 9)
    assert refused(server, tmp_path, PATH, "500 Internal Server Error") == {}
    assert len(server.log) == 3


def test_nobody_listens(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        made = Connection(f"http://127.0.0.1:{taken.getsockname()[1]}", 0.5, 1)
        with pytest.raises(FetchError, match=r"cannot reach 127\.0\.0\.1.*Connection refused\)$"):
            download(PATH, tmp_path / "x.zip", md5(b""), None, made)
    assert files_in(tmp_path) == {}


def test_redirects_are_followed_with_the_range(server, tmp_path):
    server.files["/elsewhere"] = BODY
    server.behave("/elsewhere", loopback.cut(200_000))
    server.behave(PATH, loopback.redirect("/elsewhere"), loopback.redirect("/elsewhere"))
    assert get(server, tmp_path) == BODY
    assert server.ranges() == [None, None, "bytes=200000-", "bytes=200000-"]


def test_a_circle_of_redirects_is_left(server, tmp_path):
    server.behave(PATH, *[loopback.redirect(PATH)] * 100)
    refused(server, tmp_path, PATH, "redirects")


@pytest.mark.timeout(60)
def test_a_server_that_hangs_is_left(server, tmp_path):
    server.behave(PATH, *[loopback.hang] * 3)
    refused(server, tmp_path, "no answer within 0.3 s", timeout_s=0.3, retries=1)


def test_a_server_that_drips_is_left(server, tmp_path):
    server.behave(PATH, *[loopback.drip(1, 0.05)] * 3)
    refused(server, tmp_path, "too slow", timeout_s=0.3, retries=0)
