"""Names on the command line that are mistyped, empty, of another kind of file, or contain control characters."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from prosody_ser import write_table
from prosody_ser.cli.app import app
from prosody_ser.cli.progress import Stopped, progress_bar
from prosody_ser.prediction import default_model_path
from tests.support.command_line import assert_refused
from tests.support.folders import files_in
from tests.support.signals import voice, write_wav
from tests.support.tables import random_table

COMMANDS = [command.name for command in app.registered_commands]


@pytest.fixture
def folder(cli):
    """A recording, a table, a result and a model, each under its usual name."""
    write_wav(cli.folder / "talk.wav", voice(200, 0.5))
    write_table(random_table(n_rows=30, n_speakers=3), cli.folder / "table.csv")
    (cli.folder / "result.json").write_text("{}")
    (cli.folder / "json.csv").write_text("{}")
    (cli.folder / "page.html").write_text("")
    (cli.folder / "tables.png").write_text("")
    (cli.folder / "labels.csv").write_text("path,speaker,label\na.wav,ann,joy\n")
    (cli.folder / "shop.csv").write_text("name,price\nbread,2\n")
    recordings = [{"audio": {"bytes": b"RIFF", "path": "a.wav"}, "emotion": "joy"}]
    pd.DataFrame(recordings).to_parquet(cli.folder / "hub.parquet")
    (cli.folder / "mine.skops").write_bytes(default_model_path().read_bytes())
    (cli.folder / "renamed.model").write_bytes(default_model_path().read_bytes())
    return cli.folder


REFUSED = {
    "a data set of Hugging Face": (
        ("extract", "hub.parquet", "new.csv"),
        "hub.parquet: this is a Parquet file with recordings inside, which must be written to files first",
    ),
    "mistyped model": (("predict", "mine.skop", "talk.wav"), "mine.skop: no such file; did you mean mine.skops?"),
    "mistyped recording": (
        ("predict", "mine.skops", "tlak.wav"),
        "tlak.wav: no such recording; did you mean talk.wav?",
    ),
    "gone beside one that is there": (("predict", "talk.wav", "x/y.wav"), "x/y.wav: no such recording\n"),
    "model under another name": (("predict", "renamed.model", "talk.wav"), "renamed.model: this is a ZIP archive"),
    "table as a recording": (("predict", "table.csv"), "table.csv: this is a feature table"),
    "result as a recording": (("predict", "result.json"), "result.json: this is a result"),
    "model as a table": (
        ("cv", "mine.skops"),
        "mine.skops: this is a model (.skops, from 'train'), but the command expects a feature table",
    ),
    "result as a table": (("tune", "result.json"), "result.json: this is a result"),
    "recording as a table": (("profile", "talk.wav"), "this is a recording, but the command expects a feature table"),
    "folder as a table": (("importances", "."), "this is a folder of recordings, but the command expects a feature"),
    "mistyped table": (("audit", "tabel.csv"), "tabel.csv: no such table; did you mean table.csv?"),
    "model to be compared": (("compare", "mine.skops", "table.csv"), "mine.skops: this is a model"),
    "model to be crossed": (("cross", "mine.skops", "table.csv"), "mine.skops: this is a model"),
    "table as a model": (("model", "show", "table.csv"), "table.csv: this is a feature table"),
    "mistyped model to show": (("model", "show", "./mine.skpos"), "no such model; did you mean mine.skops?"),
    "table as a result": (("report", "table.csv"), "the command expects a result (.json, from 'cv')"),
    "mistyped result": (("report", "reslt.json"), "reslt.json: no such result; did you mean result.json?"),
    "result that no command wrote": (
        ("report", "q.json"),
        "q.json: no such result; run 'prosody-ser cv' first, which writes one",
    ),
    "recording to be trained on": (
        ("train", "talk.wav"),
        "expects a feature table (.csv or .parquet, from 'extract') or a folder",
    ),
    "table named after the recording": (
        ("predict", "talk.wav", "p.csv"),
        "p.csv: no such file; to write the predictions to it, use '-o p.csv'",
    ),
    "feature in place of a file": (
        ("plot", "f0_mean_st"),
        "f0_mean_st: no such file; to draw this feature of a table, use '--feature f0_mean_st'",
    ),
    "model to be drawn": (("plot", "mine.skops"), "mine.skops: this is a model"),
    "table of features as labels": (("extract", "table.csv", "x.csv"), "table.csv: this is a feature table"),
    "mistyped source": (("extract", "talk.wv", "x.csv"), "talk.wv: no such recording; did you mean talk.wav?"),
    "table to be heard with": (("live", "table.csv", "--from", "talk.wav"), "table.csv: this is a feature table"),
    "mistyped recording to hear": (("live", "--from", "tlk.wav"), "tlk.wav: no such recording; did you mean talk.wav?"),
    "result named as a table": (("cv", "json.csv"), "json.csv: this is a result (.json, from 'cv'), but the"),
    "picture in place of a table": (("audit", "table.png"), "table.png: no such table; did you mean table.csv?"),
    "page in place of a result": (
        ("report", "page.html"),
        "page.html: this is a web page, but the command expects a res",
    ),
    "labels as a recording": (
        ("predict", "labels.csv"),
        "labels.csv: this is a CSV of labels, but the command expects",
    ),
    "shopping list": (("predict", "shop.csv"), "shop.csv: this is a CSV file, but the command expects a recording"),
    "labels as a table": (("audit", "labels.csv"), "if it is a CSV of labels, measure its recordings first"),
    "results and tables": (
        ("compare", "result.json", "table.csv"),
        "result.json is a result, but table.csv is a table",
    ),
    "mistyped clip": (("explain", "table.csv", "--clip", "clip001.wav"), "did you mean clip00"),
    "mistyped emotion": (("profile", "table.csv", "--reference", "clas0"), "did you mean class0?"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistaken_name_is_refused_with_the_nearest_one(cli, folder, case):
    arguments, words = REFUSED[case]
    before = files_in(folder)
    assert_refused(cli(*arguments, *["--force"] * (arguments[0] not in ("live", "audit"))), words)
    assert files_in(folder) == before


@pytest.mark.parametrize("group", ["model", "cache"])
def test_a_group_without_a_command_shows_its_help(cli, group):
    done = cli(group)
    assert done.out.startswith(f"Usage: prosody-ser {group}")
    assert_refused(done, "name one of the commands", f"such as 'prosody-ser {group} ")


@pytest.mark.parametrize(
    ("arguments", "helps"),
    [(("cv", "--model"), "cv"), (("datasets", "fetch", "--mirror"), "datasets fetch"), (("--vers",), "")],
)
def test_an_incomplete_option_names_the_help_of_its_command(cli, arguments, helps):
    assert_refused(cli(*arguments), f"(see '{f'prosody-ser {helps}'.strip()} --help')")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("train", "--risk", "10%"), "--risk takes a number from 0 to 1, such as 0.1, but got '10%' (see"),
        (("train", "--risk=10"), "--risk takes a number from 0 to 1, such as 0.1, but got '10' (see"),
        (("plot", "a.wav", "--pitch-floor", "75Hz"), "--pitch-floor takes a number, such as 75, but got '75Hz' (see"),
        (("cv", "--jobs", "2", "--jobs", "0"), "--jobs takes a whole number, 1 or more, such as 4, but got '0' (see"),
        (("serve", "--port", "70000"), "--port takes a whole number from 0 to 65,535, such as 8000, but got '70000'"),
        (("features", "pitch"), "the command takes no further argument, but got 'pitch' (see"),
    ],
)
def test_an_option_of_the_wrong_type_says_what_it_takes(cli, arguments, says):
    assert_refused(cli(*arguments), says)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("empty", ["", " ", "--out="])
def test_an_empty_argument_is_not_this_folder(cli, folder, command, empty):
    before = files_in(folder)
    assert_refused(cli(command, empty), "an argument is empty")
    assert files_in(folder) == before


def stopped_at_three(kept):
    with progress_bar("clips", kept) as progress:
        progress(3, 9)
        raise KeyboardInterrupt


def test_ctrl_c_says_what_is_kept():
    with pytest.raises(Stopped, match="3 of 9 are kept"):
        stopped_at_three(lambda done, total: f"{done} of {total} are kept")


@pytest.mark.parametrize("arguments", [("cv", "t.csv", "--model", "lda", "--profile"), ("cv", "x\x1b[2J.csv")])
def test_no_name_commands_the_terminal(cli, arguments):
    table = random_table(n_rows=60, n_speakers=3)
    odd = {"speaker": "\x1b]0;mine\x07", "emotion": "\x1b[31m\u202e", "file": "\x9b2J\n"}
    frame = table.frame.assign(**{column: sign + table.frame[column] for column, sign in odd.items()})
    frame["emotion"] = frame["emotion"].replace(odd["emotion"] + "class0", "neutral")
    write_table(type(table)(frame, table.feature_names), cli.folder / "t.csv")
    done = cli(*arguments)
    assert "\\x1b" in done.out + done.err
    assert all(sign.isprintable() for line in (done.out + done.err).split("\n") for sign in line)


@pytest.mark.thorough
def test_compiling_is_announced_once(tmp_path):
    write_wav(tmp_path / "talk.wav", voice(200, 0.5))
    command = [sys.executable, "-m", "prosody_ser", "predict", str(tmp_path / "talk.wav"), "--jobs", "1"]
    kernels = {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    messages = [
        subprocess.run(command, env=os.environ | kernels, capture_output=True, text=True, check=True).stderr
        for _ in range(2)
    ]
    assert messages == ["Compiling the signal-processing code; this happens once and takes about 5 s\n", ""]
