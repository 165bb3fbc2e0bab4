"""Arguments that are one or more paths, errors for invalid ones, and private temporary folders."""

import os
import stat
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from prosody_ser.errors import CorpusError
from prosody_ser.paths import as_paths, private_folder


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ("my.wav", ["my.wav"]),
        (Path("a/b.wav"), ["a/b.wav"]),
        (b"a\xff.wav", ["a\udcff.wav"]),
        (["a", Path("b")], ["a", "b"]),
        ((name for name in "ab"), ["a", "b"]),
    ],
    ids=["text", "Path", "bytes", "list", "generator"],
)
def test_one_or_many(given, paths):
    assert as_paths(given) == paths


@pytest.mark.parametrize("given", [[], "", None, 3, [None], ["a", 1.5], [[]], {"a": "b"}], ids=str)
def test_what_is_no_path(given):
    with pytest.raises(CorpusError, match=r"was given|not a path"):
        as_paths(given)


def test_a_data_frame_is_no_list_of_its_columns():
    with pytest.raises(CorpusError, match="a DataFrame is not a path: give a list of paths"):
        as_paths(pd.DataFrame({"file": ["a.wav"]}))
    assert as_paths(pd.Series(["a.wav"])) == ["a.wav"]


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A temporary folder in which other users were before."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    private_folder.cache_clear()
    yield tmp_path
    private_folder.cache_clear()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="temporary folders are each user's own here")
class TestPrivateFolder:
    def test_it_is_kept(self, shared):
        folder_given = private_folder()
        private_folder.cache_clear()
        assert private_folder() == folder_given == shared / f"prosody-ser-{os.getuid()}"
        assert stat.S_IMODE(folder_given.stat().st_mode) == 0o700

    @pytest.mark.parametrize("trap", ["link", "open", "file", "owner"])
    def test_what_somebody_else_put_there_is_not_used(self, shared, trap):
        usual = shared / f"prosody-ser-{os.getuid()}"
        if trap == "link":
            (shared / "theirs").mkdir(mode=0o700)
            usual.symlink_to("theirs")
        elif trap == "file":
            usual.write_text("")
        else:
            usual.mkdir(mode=0o700)
            if trap == "open":
                usual.chmod(0o777)
            elif os.getuid() != 0:
                pytest.skip("only root can give a folder away")
            else:
                os.chown(usual, 54321, 54321)
        folder_given = private_folder()
        assert folder_given != usual
        assert folder_given.parent == shared
        assert stat.S_IMODE(folder_given.stat().st_mode) == 0o700
