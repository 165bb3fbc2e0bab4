"""The cache of rows is exact, complete and shared, and reports damage."""

import contextlib
import math
import multiprocessing
import sqlite3

import numpy as np
import pytest

from prosody_ser import extract_table
from prosody_ser.errors import CacheError
from prosody_ser.extraction import row_cache
from prosody_ser.extraction.row_cache import RowCache, cache_path, clear_cache
from prosody_ser.features import Measured
from tests.support.signals import voice, write_wav


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "rows.sqlite"


def rows_of(seed, n_rows=1):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_rows, 7)) * 10.0 ** rng.integers(-300, 300, size=(n_rows, 7))
    values[0, :4] = (math.nan, math.inf, -0.0, 5e-324)
    facts = {
        "start": 0.1 + 0.2,
        "end": 1 / 3,
        "sample_rate_hz": 48000,
        "status": "ok",
        "error": 'a "line"\nof ü \udcff',
    }
    return [Measured(facts, values), Measured({"status": "too_short", "error": "so short"})]


def same(a, b):
    assert [row.facts for row in a] == [row.facts for row in b]
    for one, other in zip(a, b, strict=True):
        assert (one.values is None) == (other.values is None)
        if one.values is not None:
            assert one.values.tobytes() == other.values.tobytes()
            assert one.values.shape == other.values.shape


def test_rows_come_back_bit_by_bit(path):
    with RowCache(path) as store:
        store.put([(b"one", rows_of(1)), (b"three", rows_of(3, n_rows=5)), (b"none", [])])
    with RowCache(path) as store:
        same(store.get(b"one"), rows_of(1))
        same(store.get(b"three"), rows_of(3, n_rows=5))
        assert store.get(b"none") == []
        assert store.get(b"two") is None
        assert store.known([b"one", b"two", b"three"]) == {b"one", b"three"}
        assert (store.info().n_recordings, store.info().n_rows) == (3, 4)


def test_many_keys_at_a_time(path):
    with RowCache(path) as store:
        store.put((b"%d" % i, rows_of(i)) for i in range(0, 2000, 2))
        assert store.known([b"%d" % i for i in range(2000)]) == {b"%d" % i for i in range(0, 2000, 2)}


def test_a_put_that_fails_leaves_nothing_of_itself(path):
    def broken():
        yield b"a", rows_of(1)
        raise KeyboardInterrupt

    with RowCache(path) as store:
        with pytest.raises(KeyboardInterrupt):
            store.put(broken())
        assert store.known([b"a"]) == set()
        store.put([(b"a", rows_of(1))])
        assert store.known([b"a"]) == {b"a"}


def write_some(path, name):
    with RowCache(path) as store:
        for i in range(50):
            store.put([(b"%s %d" % (name, i), rows_of(i)), (b"both %d" % i, rows_of(i))])


def test_several_runs_share_it(path):
    context = multiprocessing.get_context("spawn")
    runs = [context.Process(target=write_some, args=(path, name)) for name in (b"a", b"b", b"c")]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
        assert run.exitcode == 0
    with RowCache(path) as store:
        assert store.info().n_recordings == 200


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\1" * 5000])
def test_a_damaged_store_is_reported_in_a_line_and_can_be_cleared(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(CacheError, match=r"rows\.sqlite: the cache cannot be used"), RowCache(path) as store:
        store.get(b"a")
    assert clear_cache(path) == len(content)
    with RowCache(path) as store:
        assert store.info().n_recordings == 0


def test_rows_of_another_layout_are_dropped(path, monkeypatch):
    with RowCache(path) as store:
        store.put([(b"a", rows_of(1))])
    monkeypatch.setattr(row_cache, "LAYOUT", row_cache.LAYOUT + 1)
    with RowCache(path) as store:
        assert store.known([b"a"]) == set()


def test_no_room_is_reported_in_a_line_and_loses_nothing(path):
    with RowCache(path) as store:
        store.put([(b"a", rows_of(1))])
        pages = store._database.execute("PRAGMA page_count").fetchone()[0]
        store._database.execute(f"PRAGMA max_page_count = {pages + 2}")  # as SQLite sees a full disk
        with pytest.raises(CacheError, match="disk is full"):
            store.put((b"%d" % i, rows_of(i, n_rows=20)) for i in range(100))
        same(store.get(b"a"), rows_of(1))
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_no_place_for_it(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path / "file"))
    with pytest.raises(CacheError, match="the cache folder cannot be created"):
        RowCache(cache_path())


def test_without_a_place_of_the_system_nothing_is_kept_and_all_is_measured(tmp_path, monkeypatch):
    """As for a user without a home folder; a folder that was set explicitly gives an error instead."""
    write_wav(tmp_path / "corpus" / "sad" / "bob_1.wav", voice(150, 0.3))
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("PROSODY_SER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="cannot be written, so this run keeps no results"):
        table = extract_table(tmp_path / "corpus", jobs=1)
    assert list(table.frame["status"]) == ["ok"]
    monkeypatch.setenv("PROSODY_SER_CACHE", str(tmp_path / "file"))
    with pytest.raises(CacheError, match="the cache folder cannot be created"):
        extract_table(tmp_path / "corpus", jobs=1)


def test_the_command_line(cli, monkeypatch):
    monkeypatch.setenv("PROSODY_SER_CACHE", str(cli.folder / "cache"))
    assert "empty" in cli("cache", "info").out
    with RowCache(cache_path()) as store:
        store.put([(b"a", rows_of(1))])
    assert "2 rows of 1 recording," in cli("cache", "info").out
    assert "removed" in cli("cache", "clear").out
    assert "empty" in cli("cache", "info").out
    (cli.folder / "cache" / "rows.sqlite").write_bytes(b"rubbish " * 1000)
    refused = cli("cache", "info")
    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert cli("cache", "clear").status == 0
