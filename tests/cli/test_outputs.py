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


#: Commands whose output exists already, each with another mistake.
MISTAKES = {
    "extract's set": (("extract", "corpus", "OUT.csv", "--set", "prosody"), "unknown feature set 'prosody'"),
    "extract's channel": (("extract", "corpus", "OUT.csv", "--channel", "both"), "invalid channel 'both'"),
    "cv's model": (("cv", "t.csv", "--model", "svmm", "--out", "OUT.json"), "did you mean svm?"),
    "cv's features": (("cv", "t.csv", "--features", "x99", "--out", "OUT.json"), "no feature 'x99'"),
    "cv's speakers": (("cv", "t.csv", "--out", "OUT.json"), "one speaker only"),
    "cv's profile": (("cv", "two.csv", "--profile", "--out", "OUT.json"), "no usable clip has the emotion neutral"),
    "tune's search": (("tune", "t.csv", "--search", "gird", "--out", "OUT.json"), "did you mean grid?"),
    "compare's model": (("compare", "t.csv", "--models", "svm,rff", "--out", "OUT.json"), "did you mean rf?"),
    "compare's result": (("compare", "bad.json", "worse.json", "--out", "OUT.json"), "bad.json"),
    "cross's balance": (("cross", "t.csv", "u.csv", "--balance", "rose", "--out", "OUT.json"), "unknown balance"),
    "cross's only corpus": (("cross", "t.csv", "--out", "OUT.json"), "name two or more tables"),
    "importances' model": (("importances", "t.csv", "--model", "rff", "--out", "OUT.csv"), "did you mean rf?"),
    "explain's clip": (("explain", "two.csv", "--clip", "none.wav", "--out", "OUT.csv"), "no usable clip of this file"),
    "profile's reference": (("profile", "two.csv", "--reference", "class7", "--out", "OUT.csv"), "emotion class7"),
    "audit's folds": (("audit", "two.csv", "--folds", "9", "--out", "OUT.json"), "from 2 to 2"),
    "train's model": (("train", "t.csv", "--model", "svmm", "--out", "OUT.skops"), "did you mean svm?"),
    "train's set": (("train", "corpus", "--set", "prosody", "--out", "OUT.skops"), "unknown feature set 'prosody'"),
    "report's result": (("report", "bad.json", "--out", "OUT.html"), "bad.json"),
    "plot's feature": (("plot", "t.csv", "--feature", "x99", "--out", "OUT.png"), "no feature 'x99'"),
    "plot's channel": (("plot", "corpus/sad/bob_1.wav", "--channel", "no", "--out", "OUT.png"), "invalid channel 'no'"),
    "predict's segment": (
        ("predict", "corpus", "--segment", "vda", "--out", "OUT.csv"),
        "invalid segment length 'vda'",
    ),
    "predict's engine": (
        ("predict", "corpus", "--engine", "praat", "--out", "OUT.csv"),
        "choose from fast, reference (Praat and librosa)",
    ),
    "predict's enrolment": (("predict", "corpus", "--enrol", "corpus", "--out", "OUT.csv"), "would change nothing"),
    "model card": (("model", "show", "bad.skops", "--out", "OUT.txt"), "bad.skops"),
    "compare-engines' feature": (
        ("compare-engines", "corpus", "--feature", "f0", "--out", "OUT.csv"),
        "unknown feature 'f0'",
    ),
}


@pytest.mark.parametrize("command", MISTAKES)
def test_an_existing_output_does_not_hide_another_mistake(given, command):
    arguments, mistake = MISTAKES[command]
    table = random_table(n_rows=30)
    table.frame["speaker"] = ["one", "two"] * 15
    write_table(table, given.folder / "two.csv")
    for name in ("bad.json", "worse.json", "bad.skops"):
        (given.folder / name).write_text("{}")
    out = given.folder / next(argument for argument in arguments if argument.startswith("OUT"))
    out.write_text("precious")
    assert_refused(given(*arguments), mistake)
    assert out.read_text() == "precious"


SUFFIXES = {
    "cv": (("cv", "two.csv", "--out", "r.csv"), "r.csv: the name of a result must end in .json"),
    "tune": (("tune", "two.csv", "--out", "r"), "r: the name of a result must end in .json"),
    "audit": (("audit", "two.csv", "--out", "a.txt"), "must end in .json"),
    "compare": (("compare", "two.csv", "--models", "lda,knn", "--out", "c.csv"), "a comparison must end in .json"),
    "cross": (("cross", "t.csv", "u.csv", "--out", "c.csv"), "must end in .json"),
    "importances": (("importances", "t.csv", "--out", "i.json"), "a ranking must end in .csv"),
    "all rankings": (("importances", "t.csv", "--json", "i.csv"), "must end in .json"),
    "explain": (("explain", "t.csv", "--all", "--out", "e.json"), "must end in .csv"),
    "profile": (("profile", "t.csv", "--out", "p.json"), "a profile must end in .csv"),
    "profile as JSON": (("profile", "t.csv", "--json", "p.csv"), "must end in .json"),
    "compare-engines": (("compare-engines", "corpus", "--out", "e.parquet"), "must end in .csv"),
    "report": (
        ("report", "bad.json", "--format", "markdown", "--out", "r.html"),
        "r.html: the name of a file in the format markdown",
    ),
    "model card": (
        ("model", "show", "--format", "markdown", "--out", "card.html"),
        "card.html: the name of a file in the format markdown",
    ),
}


@pytest.mark.parametrize("command", SUFFIXES)
def test_another_suffix_than_that_of_the_format_is_refused(given, command):
    arguments, message = SUFFIXES[command]
    (given.folder / "bad.json").write_text("{}")
    write_table(random_table(n_rows=30), given.folder / "two.csv")
    before = sorted(given.folder.rglob("*"))
    assert_refused(given(*arguments), message)
    assert sorted(given.folder.rglob("*")) == before
