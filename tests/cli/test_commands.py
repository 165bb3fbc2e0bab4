"""The command line from the user's side: its output, its files and its refusals."""

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import typer

from prosody_ser import FeatureTable, read_table, write_table
from prosody_ser.catalogue import feature_set
from prosody_ser.cli.app import app
from prosody_ser.datasets import CORPORA
from prosody_ser.learn.classifiers.registry import BALANCES, MODELS
from prosody_ser.learn.tuning.spaces import SPACES
from prosody_ser.measures.warm_up import compile_kernels
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.command_line import assert_refused
from tests.support.folders import files_in
from tests.support.processes import PATIENCE_S, children, gone
from tests.support.schemas import validator
from tests.support.signals import voice, write_wav
from tests.support.tables import keep, random_table

SCHEMA = validator("result")
GROUPS = [group.name for group in app.registered_groups]


@pytest.fixture
def recordings(tmp_path):
    """Two speakers, two emotions, three clips each, and one file that is not a recording."""
    folder = tmp_path / "recordings"
    for speaker, f0 in (("ann", 200), ("bob", 110)):
        for emotion, factor in (("happy", 1.3), ("sad", 0.9)):
            for i in range(3):
                write_wav(folder / emotion / f"{speaker}_{i}.wav", voice(f0 * factor * (1 + 0.01 * i), 0.5))
    (folder / "sad" / "bob_broken.wav").write_text("not a recording")
    return folder


def test_the_whole_way(cli, recordings):
    done = cli("extract", recordings)
    assert done.status == 0
    assert "13: 12 ok, 1 failed" in done.out
    assert "unreadable: 1, e.g. sad/bob_broken.wav" in done.err
    done = cli("cv", "--model", "svm", "--seed", "3")
    assert done.status == 0
    assert "using features.csv, which was written last" in done.err
    assert "leaves out 1 row because the clip could not be measured (unreadable: the" in done.out
    result = json.loads((cli.folder / "result.json").read_text())
    SCHEMA.validate(result)
    assert result["n_clips"] == 12
    assert result["protocol"]["left_out"] == {"unreadable": 1}
    assert f"{result['uar']:.3f}" in done.out
    for part in ("UAR", "accuracy", "macro F1", "precision", "confusion", "per speaker", "ann", "bob"):
        assert part in done.out
    done = cli("importances", "features.csv")
    assert done.status == 0
    ranking = pd.read_csv(cli.folder / "importances.csv")
    assert set(ranking["feature"]) == {f.name for f in feature_set("prosody_v1")}
    assert (cli.folder / "importances.png").read_bytes().startswith(b"\x89PNG")


def test_parquet_holds_what_csv_holds(cli, recordings):
    assert cli("extract", recordings, "t.csv", "--jobs", "1").status == 0
    assert cli("extract", recordings, "t.parquet", "--corpus", "folder").status == 0
    pd.testing.assert_frame_equal(read_table("t.csv").frame, read_table("t.parquet").frame)


def test_strict_makes_a_failed_clip_an_error(cli, recordings):
    done = cli("extract", recordings, "t.csv", "--strict")
    assert done.status == 2
    assert len(read_table("t.csv")) == 13


def test_nothing_measurable_writes_nothing(cli, tmp_path):
    (tmp_path / "bad" / "sad").mkdir(parents=True)
    (tmp_path / "bad" / "sad" / "ann_1.wav").write_text("no")
    (tmp_path / "features.csv").write_text("precious")
    done = cli("extract", "bad", "--force")
    assert done.status == 2
    assert "the only recording could not be measured" in done.err
    assert (tmp_path / "features.csv").read_text() == "precious"


def tables(folder):
    table = random_table(n_rows=60, n_speakers=3)
    frame = table.frame
    write_table(table, folder / "good.csv")
    write_table(keep(table, frame["speaker"] == "s01"), folder / "one_speaker.csv")
    write_table(keep(table, frame["emotion"] == "class0"), folder / "one_class.csv")
    alone = (frame["emotion"] != "class1") | (frame["speaker"] == "s02")
    write_table(keep(table, alone), folder / "class_of_one.csv")
    (folder / "text.csv").write_text("hello\n")
    (folder / "empty").mkdir()
    (folder / "other").mkdir()
    (folder / "other" / "take1.wav").touch()


REFUSED = {
    "no recordings": (("extract", "empty"), "no recordings found"),
    "no folder": (("extract", "nowhere"), "no such folder"),
    "unknown names": (("extract", "other"), "match no known corpus"),
    "unknown corpus": (("extract", "other", "--corpus", "iemocap"), "unknown corpus 'iemocap'"),
    "wrong suffix": (("extract", "other", "t.xlsx"), "must end in .csv or .parquet"),
    "no folder for OUT": (("extract", "other", "missing/t.csv"), "no such folder"),
    "no argument": (("extract",), "see 'prosody-ser extract --help'"),
    "unknown option": (("cv", "--kernel", "rbf"), "see 'prosody-ser cv --help'"),
    "unknown command": (("teach",), "see 'prosody-ser --help'"),
    "one speaker": (("cv", "one_speaker.csv"), "one speaker only (s01)"),
    "one class": (("cv", "one_class.csv"), "one emotion only (class0)"),
    "class of one speaker": (("cv", "class_of_one.csv"), "class1 has clips of one speaker only (s02)"),
    "unknown model": (("cv", "good.csv", "--model", "kn"), "unknown model 'kn'; did you mean knn?"),
    "unknown balance": (("cv", "good.csv", "--balance", "rose"), "unknown balance"),
    "unknown norm": (("cv", "good.csv", "--speaker-norm", "none,z"), "unknown speaker-norm 'z'; choose from none"),
    "unknown norm to compare": (("compare", "good.csv", "--speaker-norm", "none,z"), "enrol, both, or several"),
    "extract to an option": (("extract", "other", "--out", "z.csv"), "the table to write is the last argument"),
    "too many enrolment clips": (
        ("cv", "good.csv", "--speaker-norm", "enrol", "--enrol-clips", "1000"),
        "with 1000 for enrolment none would be left to score",
    ),
    "no enrolment clips": (("cv", "good.csv", "--speaker-norm", "enrol", "--enrol-clips", "0"), "--enrol-clips"),
    "negative permutations": (("cv", "good.csv", "--permutations", "-1"), "--permutations"),
    "enrol without marks": (("importances", "good.csv", "--speaker-norm", "enrol"), "choose from none, speaker"),
    "too many folds": (("cv", "good.csv", "--folds", "9"), "from 2 to 3, the number of speakers (got 9)"),
    "odd folds": (("cv", "good.csv", "--folds", "some"), "unknown folds 'some'"),
    "too many folds, repeated": (("cv", "good.csv", "--folds", "9x2"), "from 2 to 3, the number of speakers (got 9)"),
    "no sentences": (("cv", "good.csv", "--folds", "speaker-sentence"), "without a sentence"),
    "odd shares": (("importances", "good.csv", "--folds", "fixed:1/2"), "unknown folds 'fixed:1/2'"),
    "no split file": (("cv", "good.csv", "--split-file", "none.json"), "none.json: there is no such file"),
    "no fold lists": (("importances", "good.csv", "--split-file", "other"), "other: the folder has no list such as"),
    "folds twice": (("cv", "good.csv", "--folds", "3", "--split-file", "text.csv"), "both --folds and --split-file"),
    "split to nowhere": (("cv", "good.csv", "--write-split", "missing/s.csv"), "no such folder"),
    "split of odd suffix": (("cv", "good.csv", "--write-split", "s.txt"), "must end in .json or .csv"),
    "split over result": (("cv", "good.csv", "--out", "s.json", "--write-split", "s.json"), "would overwrite another"),
    "split over input": (("cv", "good.csv", "--write-split", "good.csv"), "would overwrite another file"),
    "no jobs": (("cv", "good.csv", "--jobs", "0"), "--jobs"),
    "no weights": (("cv", "good.csv", "--model", "lda", "--balance", "class-weight"), "lda has no class weight"),
    "no such module": (("cv", "good.csv", "--model", "nowhere:Model"), "model 'nowhere:Model' cannot be imported"),
    "no table": (("cv", "none.csv"), "no such table"),
    "unreadable table": (("cv", "text.csv"), "lacks the columns file, speaker, emotion"),
    "nowhere to write": (("cv", "good.csv", "--out", "missing/r.json"), "no such folder"),
    "no file to write": (("cv", "good.csv", "--out", "empty"), "is a folder"),
    "output over input": (("cv", "good.csv", "--out", "good.csv.json"), "would overwrite another file"),
    "ranking over input": (("importances", "good.csv", "--out", "good.csv"), "would overwrite another file"),
    "all rankings over the table's facts": (
        ("importances", "good.csv", "--json", "good.csv.json"),
        "would overwrite another file",
    ),
    "nowhere for the chart": (("importances", "good.csv", "--plot", "missing/x.png"), "no such folder"),
    "ranking is a folder": (("importances", "good.csv", "--out", "."), "is a folder"),
    "seed too large": (("cv", "good.csv", "--seed", "4294967296"), "--seed"),
    "audit of one speaker": (("audit", "one_speaker.csv"), "one speaker only"),
    "audit over its table": (("audit", "good.csv", "--out", "good.csv.json"), "would overwrite another file"),
    "audit in odd folds": (("audit", "good.csv", "--folds", "9"), "from 2 to 3, the number of speakers (got 9)"),
    "importances of one speaker": (("importances", "one_speaker.csv"), "one speaker only"),
    "unknown chart": (("importances", "good.csv", "--plot", "chart.docx"), "a chart must end in .png, .svg or .pdf"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line_and_loses_nothing(cli, case):
    arguments, words = REFUSED[case]
    tables(cli.folder)
    for name in ("features.csv", "result.json", "importances.csv", "importances.png"):
        (cli.folder / name).write_text("precious")
    before = files_in(cli.folder)
    assert_refused(cli(*arguments, *["--force"] * (arguments != ("teach",))), words)
    assert files_in(cli.folder) == before


def test_without_a_table_cv_takes_emodbs_and_says_so(cli):
    done = cli("cv", "--features", "mfcc,chroma,mel")
    assert done.status == 0
    assert "this folder has none: using the built-in EMO-DB table" in done.err
    assert done.out.splitlines()[-1].endswith("(ten German actors, not your recordings)")
    assert "92 features of full_v1" in done.out
    result = json.loads((cli.folder / "result.json").read_text())
    assert result["n_clips"] == 535
    assert all(name.startswith(("mfcc", "chroma", "mel")) for name in result["protocol"]["features"])
    assert list(files_in(cli.folder)) == ["result.json"]


def test_features_that_are_named_one_by_one_are_noted(cli):
    for features, noted in (("f0_mean_st,f0_sd_st,loudness", True), ("f0,loudness", False)):
        done = cli("cv", "built-in", "--model", "lda", "--folds", "2", "--features", features, "--force")
        assert done.status == 0
        assert ("--features names 2 single features" in done.err) is noted


@pytest.mark.parametrize("command", ["train", "audit", "explain"])
def test_what_wants_a_table_of_your_own_says_so(cli, command):
    more = ("--all",) if command == "explain" else ()
    assert_refused(cli(command, *more), "no table was named and this folder has none")
    assert files_in(cli.folder) == {}


def test_without_a_table_the_last_one_is_used_and_named_first_and_last(cli):
    for seconds, name in ((100, "old.csv"), (200, "out.csv")):
        write_table(random_table(seconds, signal=1.0), cli.folder / name)
        os.utime(cli.folder / name, (seconds, seconds))
    done = cli("cv", "--model", "lda")
    assert done.status == 0
    assert done.err.splitlines()[0] == (
        "no table was named: using out.csv, which was written last in this folder; the folder also has old.csv "
        "('built-in' names the table of EMO-DB)"
    )
    assert done.out.splitlines()[0] == "table     out.csv"
    uar = json.loads((cli.folder / "result.json").read_text())["uar"]
    assert done.out.splitlines()[-1] == f"UAR {uar:.3f} blind: on held-out speakers of out.csv"
    done = cli("plot", "--feature", "x0")
    assert done.status == 0
    assert done.out.splitlines()[0] == "table     out.csv"
    done = cli("profile", "built-in", "--features", "f0", "--out", "profile.csv")
    assert done.status == 0
    assert "EMO-DB" in done.out.splitlines()[0]
    done = cli("compare", "built-in", "--models", "lda,knn", "--features", "f0", "--folds", "3")
    assert done.status == 0
    assert "535 clips" in done.out
    done = cli("plot", "--kind", "confusion")
    assert done.out.splitlines()[0] == "result    result.json"
    assert_refused(cli("plot"), "nothing to draw")


def test_whatever_is_made_from_the_synthetic_corpus_says_so(cli, synthetic_table):
    write_table(synthetic_table, cli.folder / "t.csv")
    for arguments in (("cv", "t.csv"), ("importances", "t.csv", "--repeats", "1", "--folds", "2")):
        assert SYNTHETIC_NOTICE in cli(*arguments).out
    assert SYNTHETIC_NOTICE in (cli.folder / "importances.csv").read_text()
    assert SYNTHETIC_NOTICE in (cli.folder / "t.csv.json").read_text()


def test_folds_are_written_read_and_shared(cli):
    tables(cli.folder)
    done = cli("cv", "good.csv", "--folds", "2x2", "--write-split", "s.json", "--model", "lda")
    assert done.status == 0
    assert "2 speaker-disjoint folds, 2 times" in done.out
    assert "folds       -> s.json" in done.out
    first = json.loads((cli.folder / "result.json").read_text())
    again = cli("cv", "good.csv", "--split-file", "s.json", "--write-split", "s.csv", "--model", "lda", "--force")
    assert "4 speaker-disjoint folds of s.json" in again.out
    second = json.loads((cli.folder / "result.json").read_text())
    assert first["clips"] == second["clips"]
    assert first["protocol"]["split_hash"] == second["protocol"]["split_hash"]
    folder = cli.folder / "lists" / "fold_1"
    folder.mkdir(parents=True)
    frame = pd.read_csv("good.csv")
    for part, mask in (("test", frame["speaker"] == "s01"), ("train", frame["speaker"] != "s01")):
        lines = [json.dumps({"wav": f"downloads/{file}"}) for file in [*frame["file"][mask], f"more_{part}.wav"]]
        (folder / f"mine_{part}_fold_1.jsonl").write_text("\n".join(lines))
    for command in ("cv", "importances"):
        done = cli(command, "good.csv", "--split-file", "lists", "--model", "lda", "--force")
        assert done.status == 0, done.err
        assert "lists: 2 of its clips are missing from the table" in done.err
    assert set(json.loads((cli.folder / "result.json").read_text())["per_speaker"]) == {"s01"}


def test_tracks_and_a_p_value_are_printed_side_by_side(cli):
    write_table(random_table(n_rows=240, n_speakers=6, signal=1.5), cli.folder / "t.csv")
    arguments = ("--model", "lda", "--speaker-norm", "both,enrol", "--enrol-clips", "3", "--permutations", "4")
    done = cli("cv", "t.csv", *arguments)
    assert done.status == 0, done.err
    result = json.loads((cli.folder / "result.json").read_text())
    SCHEMA.validate(result)
    assert [track["track"] for track in result["alongside"]] == ["speaker-normalised", "enrolled"]
    assert result["protocol"]["track"] == "blind"
    assert result["protocol"]["enrolment"]["n_clips"] == 18
    low, high = result["intervals"]["uar"]
    assert f"UAR          {result['uar']:.3f}   [{low:.3f}, {high:.3f}]   (chance 0.333)" in done.out
    for track in result["alongside"]:
        assert f"{track['track']:18}  {track['uar']:.3f}" in done.out
    for words in ("p = 0.2: 4 runs", "enrolled: 3 clips of each test speaker", "in % of each row", "Brier score"):
        assert words in done.out
    assert cli("cv", "t.csv", *arguments, "--jobs", "2", "--out", "again.json").status == 0
    assert (cli.folder / "again.json").read_bytes() == (cli.folder / "result.json").read_bytes()


def test_scores_are_calibrated_when_asked(cli):
    tables(cli.folder)
    assert cli("cv", "good.csv", "--calibrate", "--model", "knn").status == 0
    result = json.loads((cli.folder / "result.json").read_text())
    SCHEMA.validate(result)
    assert result["protocol"]["scores_calibrated"] is True


@pytest.mark.filterwarnings("default:.*has no random_state")
def test_a_model_of_ones_own_is_taken_from_this_folder(cli):
    tables(cli.folder)
    (cli.folder / "own_model.py").write_text("from sklearn.naive_bayes import GaussianNB\n")
    done = cli("cv", "good.csv", "--model", "own_model:GaussianNB", "--jobs", "2")
    assert done.status == 0, done.err
    assert "GaussianNB" in done.out
    assert "has no random_state" in done.err


def test_models_lists_every_model(cli):
    out = cli("models").out
    for name, model in MODELS.items():
        part = out[out.index(f"{name}: {model.title}") :]
        assert model.estimator in part
        for space in SPACES[name].values():
            assert all(parameter in part for parameter in space)
    assert all(balance in out for balance in BALANCES)


def test_features_lists_every_feature(cli):
    out = cli("features").out
    for feature in feature_set("prosody_v1"):
        line = next(line for line in out.splitlines() if line.split()[:1] == [feature.name])
        for part in (feature.unit, feature.definition, feature.source):
            assert part in line


def test_datasets_lists_every_corpus(cli):
    out = cli("datasets").out
    for corpus in CORPORA.values():
        for part in (corpus.title, corpus.licence, corpus.citation, corpus.url, *corpus.emotions.values()):
            assert part in out


@pytest.mark.parametrize(
    "command", [command.name for command in app.registered_commands] + [group.name for group in app.registered_groups]
)
def test_every_command_explains_itself(cli, command):
    done = cli(command, "--help")
    assert done.status == 0
    assert done.out.startswith(f"Usage: prosody-ser {command}")


HELP = [(str(command.name),) for command in app.registered_commands] + [
    (str(group.name), *more)
    for group in app.registered_groups
    for more in [
        (),
        *((str(command.name or command.callback.__name__),) for command in group.typer_instance.registered_commands),
    ]
]


@pytest.mark.parametrize("command", HELP, ids=[" ".join(names) for names in HELP])
def test_every_help_has_examples_that_parse(cli, command):
    """Each example names this command, and options that it has."""
    out = cli(*command, "--help").out
    assert max(map(len, out.splitlines())) <= 80
    lines = out[out.index("Examples:") :].splitlines()[1:]
    assert lines
    for line in lines:
        _, *words = shlex.split(line)
        assert words[: len(command)] == list(command)
        known = cli(
            *[word for word in words[:2] if word.replace("-", "").isalpha()][: 2 if words[0] in GROUPS else 1], "--help"
        ).out
        assert all(word in known for word in words if word.startswith("--"))


def test_nothing_is_replaced_unless_forced(cli):
    tables(cli.folder)
    assert cli("cv", "good.csv", "--model", "lda").status == 0
    (cli.folder / "mine" / "sad").mkdir(parents=True)
    (cli.folder / "mine" / "sad" / "ann_1.wav").touch()
    kept = files_in(cli.folder)
    for arguments in (
        ("cv", "good.csv"),
        ("tune", "good.csv"),
        ("report", "result.json", "--out", "result.json.html"),
        ("plot", "result.json", "--out", "picture.png"),
        ("importances", "good.csv", "--out", "ranking.csv"),
        ("compare", "good.csv", "--models", "lda,knn", "--out", "comparison.json"),
        ("profile", "good.csv", "--reference", "class0", "--out", "profile.csv"),
        ("audit", "good.csv", "--out", "audit.json"),
        ("train", "good.csv", "--out", "model.skops"),
        ("extract", "mine", "table.csv"),
        ("model", "show", "--out", "card.txt"),
    ):
        out = Path(arguments[-1] if arguments[-1] != "good.csv" else "result.json")
        if not out.exists():
            out.write_text("precious")
        assert_refused(
            cli(*arguments), f"{out}: the file exists already; choose another name, or add --force to replace it"
        )
        if out.name != "result.json":
            assert out.read_text() == "precious"
            out.unlink()
    assert files_in(cli.folder) == kept
    assert cli("cv", "good.csv", "--model", "knn", "--force").status == 0
    assert files_in(cli.folder)["result.json"] != kept["result.json"]


def complete(shell, line):
    """The completions that a shell gets for an incomplete line."""
    asked = {"_PROSODY_SER_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line}
    asked |= {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    command = [sys.executable, "-m", "prosody_ser"]
    return subprocess.run(command, env=os.environ | asked, capture_output=True, text=True, check=False).stdout


def test_shells_complete_commands_options_and_models():
    assert {"cv", "compare", "cross"} <= set(complete("bash", "prosody-ser c").split())
    assert set(complete("bash", "prosody-ser cv --model ").split()) == set(MODELS)
    assert set(complete("bash", "prosody-ser extract --set ").split()) == {"prosody_v1", "full_v1", "wide_v1"}
    assert "--speaker-norm" in complete("zsh", "prosody-ser cv --sp")


def test_o_is_short_for_out_in_every_command():
    commands = typer.main.get_command(app).commands
    names = {name: option.opts for name, c in commands.items() for option in c.params if "--out" in option.opts}
    assert {"cv", "tune", "compare", "cross", "audit", "importances", "explain", "profile", "report"} <= set(names)
    assert all("-o" in opts for opts in names.values())


def test_help_loads_nothing_heavy():
    heavy = ("librosa", "sklearn", "parselmouth", "numpy", "pandas", "scipy", "matplotlib", "rich", "requests", "pooch")
    code = (
        "import sys; sys.argv = ['prosody-ser', '--help']\n"
        "from prosody_ser.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_leaves_early_sees_no_traceback():
    command = f"{sys.executable} -m prosody_ser features | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_without_a_command_it_explains_itself(cli):
    done = cli()
    assert done.status == 0
    assert "Commands:" in done.out


def test_a_pipe_is_written_to_and_a_link_is_followed(cli):
    tables(cli.folder)
    os.mkfifo(cli.folder / "pipe")
    with subprocess.Popen(["cat", cli.folder / "pipe"], stdout=subprocess.PIPE) as reader:
        assert cli("cv", "good.csv", "--out", "pipe").status == 0
        assert json.loads(reader.stdout.read())["schema"] == "prosody-ser/result"
    assert stat.S_ISFIFO((cli.folder / "pipe").stat().st_mode)
    (cli.folder / "target.json").write_text("old")
    (cli.folder / "link.json").symlink_to("target.json")
    assert cli("cv", "good.csv", "--out", "link.json", "--force").status == 0
    assert (cli.folder / "link.json").is_symlink()
    assert json.loads((cli.folder / "target.json").read_text())["schema"] == "prosody-ser/result"


@pytest.mark.parametrize(
    ("command", "out", "why"),
    [
        ("cv", "features.csv", "must end in .json"),
        ("cv", "features.csv.json", "would overwrite another file"),
        ("importances", "features.csv", "would overwrite another file"),
        ("importances", "features.csv.json", "must end in .csv"),
    ],
)
def test_the_default_table_is_never_overwritten(cli, command, out, why):
    write_table(random_table(), cli.folder / "features.csv")
    before = files_in(cli.folder)
    done = cli(command, "--out", out)
    assert done.status == 2
    assert why in done.err
    assert files_in(cli.folder) == before


def test_guessed_features_are_named(cli):
    table = random_table()
    table.frame.assign(remark="x").to_csv(cli.folder / "t.csv", index=False)
    done = cli("cv", "t.csv")
    assert done.status == 0
    assert "these columns are used as features: x0, x1, x2, x3, x4, x5, x6, x7\n" in done.err
    assert "these columns are not used as features: remark\n" in done.err


def test_all_guessed_features_are_named(cli):
    """One of them may hold the label, so all are named; only long numbered series are shortened."""
    table = random_table(n_features=40)
    words = [f"feature {word}" for word in "abcdefghijklmnopqrstuvwxyz"]
    table.frame.assign(**dict.fromkeys(words, 1.0)).to_csv(cli.folder / "t.csv", index=False)
    done = cli("audit", "t.csv", "--permutations", 0)
    assert f"these columns are used as features: x0 to x39 (40 columns), {', '.join(words)}\n" in done.err


def separately(folder, *arguments, **environment):
    """Run the command line in a process of its own, as a shell does."""
    command = [sys.executable, "-m", "prosody_ser", *arguments]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_odd_names_do_not_break_the_chart(cli):
    table = random_table(n_rows=60, n_features=2)
    frame = table.frame.rename(columns={"x0": "a$_{b$", "x1": "字"}).assign(corpus="c$^{d$")
    write_table(FeatureTable(frame, ("a$_{b$", "字")), cli.folder / "t.csv")
    done = separately(cli.folder, "importances", "t.csv", "--model", "svm", "--folds", "2", "--repeats", "1")
    assert done.returncode == 0
    assert all(line.startswith("prosody-ser: warning: ") for line in done.stderr.splitlines())


def test_labels_that_the_terminal_cannot_show(cli):
    table = random_table(n_rows=60)
    table.frame["emotion"] = table.frame["emotion"].replace("class0", "ärger")
    write_table(table, cli.folder / "t.csv")
    done = separately(cli.folder, "cv", "t.csv", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xe4rger" in done.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_one_line():
    command = f"{sys.executable} -m prosody_ser features > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "prosody-ser: the output cannot be written: no space left on the device\n"


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.thorough)]
)
def test_stopped_it_leaves_nothing_behind_and_loses_nothing(synthetic, tmp_path, number):
    """The command is stopped as soon as its first worker runs."""
    compile_kernels()  # else its first children are those that compile
    (tmp_path / "features.csv").write_text("precious")
    command = [sys.executable, "-m", "prosody_ser", "extract", str(synthetic), "features.csv", "--no-cache", "--force"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        if not Path(f"/proc/{run.pid}/task/{run.pid}/children").exists():
            run.kill()
            pytest.skip("needs Linux' /proc to see the workers start")
        workers: list[int] = []
        while run.poll() is None and not workers:
            workers = children(run.pid)
        run.send_signal(number)
        _, err = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert "Traceback" not in err
    assert ("prosody-ser: stopped; nothing is kept, because of --no-cache\n" in err) == (number == signal.SIGINT)
    assert files_in(tmp_path) == {"features.csv": b"precious"}
    assert gone(workers)


def test_a_bug_keeps_its_traceback(cli, monkeypatch):
    import prosody_ser.datasets

    monkeypatch.setattr(prosody_ser.datasets, "CORPORA", {"broken": None})
    monkeypatch.setattr(sys, "argv", ["prosody-ser", "datasets"])
    from prosody_ser.cli import main

    with pytest.raises(AttributeError):
        main()
