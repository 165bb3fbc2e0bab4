"""What the README shows works as it stands, on the built-in corpus, in another folder."""

import re
import shlex
import shutil

import pytest

import prosody_ser
from tests.support.project import ROOT

README = ROOT / "README.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S)


def test_the_python_blocks_run(synthetic, tmp_path, monkeypatch, capsys):
    (tmp_path / "corpus").symlink_to(synthetic)
    monkeypatch.chdir(tmp_path)
    names = {}
    for language, code in BLOCKS:
        if language == "python":
            exec(compile(code, str(README), "exec"), names)
    assert 0.45 <= names["result"].uar <= 0.85
    assert "say nothing about people" in capsys.readouterr().out
    first = next(code for language, code in BLOCKS if code.startswith("import prosody_ser"))
    assert len([line for line in first.splitlines() if line]) == 5  # the five lines that are promised


@pytest.mark.slow
@pytest.mark.parametrize("clips", ["*_s[12]_t1.wav", pytest.param("*.wav", marks=pytest.mark.thorough)])
def test_the_tour_runs(cli, tmp_path, synthetic, clips):
    """On a quarter of the clips that its first line makes, or on all of them."""
    tour = "".join(code for language, code in BLOCKS if language == "sh" and "features.csv" in code)
    first, *lines = tour.splitlines()
    assert first.split("#")[0].split() == ["prosody-ser", "synth", "corpus"]
    (tmp_path / "corpus").mkdir()
    for path in (*synthetic.glob(clips), synthetic / "SYNTHETIC.txt"):
        shutil.copy(path, tmp_path / "corpus")
    for line in lines:
        program, *arguments = shlex.split(line, comments=True)
        assert program == "prosody-ser"
        done = cli(*arguments)
        assert done.status == 0, (line, done.err)
    made = {path.name for path in tmp_path.iterdir()}
    results = {"result.json", "report.html", "confusion.png", "tuned.json", "comparison.json", "clip.png", "f0.png"}
    results |= {
        "comparison.png",
        "training.png",
        *(f"{name}.json" for name in ("rf", "mlp", "lda", "mfcc", "tracks", "cnn")),
    }
    results |= {f"{command}.{suffix}" for command in ("importances", "explain", "profile") for suffix in ("csv", "png")}
    assert made == {
        "corpus",
        "features.csv",
        "features.csv.json",
        "corpus.png",
        "copies",
        "copies.csv",
        "copies.csv.json",
        "pitch.png",
        "turns.csv",
        "turns.csv.json",
        "full.parquet",
        "frames.parquet",
        *results,
    }


def test_what_the_package_offers_is_there():
    for name in prosody_ser.__all__:
        assert getattr(prosody_ser, name).__doc__


def test_what_it_names_exists():
    text = README.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        assert (README.parent / link).exists(), link
