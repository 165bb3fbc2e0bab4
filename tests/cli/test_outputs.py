"""Every command checks the place of its output files before it begins to work."""

from pathlib import Path

import pytest

from prosody_ser import default_model_path, write_table
from tests.support.command_line import assert_refused
from tests.support.signals import voice, write_wav
from tests.support.tables import random_table

#: With a table of which nothing can be evaluated: whoever works first complains of that.
COMMANDS = {
    "extract": ("extract", "corpus", "OUT.csv"),
    "extract to parquet": ("extract", "corpus", "OUT.parquet"),
    "cv": ("cv", "t.csv", "--out", "OUT.json"),
    "cv's split": ("cv", "t.csv", "--write-split", "OUT.csv"),
    "tune": ("tune", "t.csv", "--out", "OUT.json"),
    "compare": ("compare", "t.csv", "--out", "OUT.json"),
    "cross": ("cross", "t.csv", "u.csv", "--out", "OUT.json"),
    "importances": ("importances", "t.csv", "--out", "OUT.csv"),
    "explain": ("explain", "t.csv", "--clip", "0", "--out", "OUT.csv"),
    "profile": ("profile", "t.csv", "--out", "OUT.csv"),
    "audit": ("audit", "t.csv", "--out", "OUT.json"),
    "train": ("train", "t.csv", "--out", "OUT.skops"),
    "predict": ("predict", "corpus/sad/bob_1.wav", "--out", "OUT.csv"),
    "predict's timeline": ("predict", "corpus/sad/bob_1.wav", "--segment", "1", "--timeline", "OUT.csv"),
    "model card": ("model", "show", "model.skops", "--out", "OUT.md"),
    "model export": ("model", "export", "model.skops", "OUT.onnx"),
    "compare-engines": ("compare-engines", "corpus", "--out", "OUT.csv"),
}


@pytest.fixture
def given(cli):
    """Inputs of all commands, in the folder where they run."""
    table = random_table(n_rows=15)
    table.frame["speaker"] = "one"
    for name in ("t.csv", "u.csv"):
        write_table(table, cli.folder / name)
    write_wav(cli.folder / "corpus" / "sad" / "bob_1.wav", voice(150))
    (cli.folder / "model.skops").write_bytes(default_model_path().read_bytes())
    return cli


@pytest.mark.parametrize("command", COMMANDS)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(given, command):
    arguments = COMMANDS[command]
    wanted = next(argument for argument in arguments if argument.startswith("OUT"))
    looped = wanted.replace("OUT", "loop")
    (given.folder / looped).symlink_to(looped)
    before = sorted(given.folder.rglob("*"))
    for out in (looped, wanted.replace("OUT", "x" * 300), wanted.replace("OUT", "missing/out")):
        refused = given(*(out if argument == wanted else argument for argument in arguments))
        assert_refused(refused, Path(out).name)
        assert "cannot be written" in refused.err or "no such folder" in refused.err
    assert sorted(given.folder.rglob("*")) == before
