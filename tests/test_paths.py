"""One path or many: text is one path, never its letters; what is no path is said."""

from pathlib import Path

import pytest

from prosody_ser.errors import CorpusError
from prosody_ser.paths import as_paths


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


@pytest.mark.parametrize("given", [[], "", None, 3, [None], ["a", 1.5], [[]]], ids=str)
def test_what_is_no_path(given):
    with pytest.raises(CorpusError, match=r"is named|is no path"):
        as_paths(given)
