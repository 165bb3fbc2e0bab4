"""What the pages show works as it stands, on the built-in corpus, in another folder."""

import re
import shlex
import shutil

import pytest

from tests.support.project import ROOT

DOCS = ROOT / "docs"
CLIP = "synthetic_f1_anger_s1_t1.wav"
#: Files of the tour that no later line reads, so that ten clips are enough for them.
LEAVES = {"frames.parquet", "turns.csv", "copies.csv"}


def _blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("page", ["start/python.md", "how-to/my-recordings.md", "how-to/long-recordings.md"])
def test_the_python_blocks_of_a_page_run_one_after_the_other(page, synthetic, tmp_path, monkeypatch):
    (tmp_path / "corpus").mkdir()
    shutil.copy(synthetic / CLIP, tmp_path / "corpus")
    shutil.copy(synthetic / CLIP, tmp_path / "talk.wav")
    monkeypatch.chdir(tmp_path)
    names = {}
    assert _blocks(page, "python")
    for code in _blocks(page, "python"):
        exec(compile(code, page, "exec"), names)


def test_a_flat_folder_is_read_as_shown(cli, synthetic, tmp_path):
    (tmp_path / "recordings").mkdir()
    for name in ("ann_anger_01.wav", "ben_sad_02.wav"):
        shutil.copy(synthetic / CLIP, tmp_path / "recordings" / name)
    code = next(block for block in _blocks("how-to/my-recordings.md", "python") if "labels.csv" in block)
    exec(compile(code, "my-recordings.md", "exec"), {})
    done = cli("extract", "labels.csv", "out.csv", "--jobs", 1)
    assert done.status == 0
    assert "speakers  2: ann, ben" in done.out
    assert "emotions  2: anger, sadness" in done.out


def test_iemocap_is_read_as_shown(cli, synthetic, tmp_path):
    session = tmp_path / "IEMOCAP_full_release" / "Session1"
    lines = {"Ses01F_impro01": "F000 neu M000 xxx", "Ses01M_script02_1": "F000 ang M001 exc"}
    for dialogue, turns in lines.items():
        wav, evaluation = session / "sentences" / "wav" / dialogue, session / "dialog" / "EmoEvaluation"
        wav.mkdir(parents=True)
        evaluation.mkdir(parents=True, exist_ok=True)
        text = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
        for turn, emotion in zip(*[iter(turns.split())] * 2, strict=True):
            shutil.copy(synthetic / CLIP, wav / f"{dialogue}_{turn}.wav")
            text += f"[6.2901 - 8.2357]\t{dialogue}_{turn}\t{emotion}\t[2.5000, 2.5000, 2.5000]\n"
            text += "C-E2:\tNeutral;\t()\nA-F1:\tval 3; act 2; dom  2;\t()\n\n"
        (evaluation / f"{dialogue}.txt").write_text(text)
    code = next(block for block in _blocks("how-to/my-recordings.md", "python") if "IEMOCAP" in block)
    exec(compile(code, "my-recordings.md", "exec"), {})
    done = cli("extract", "iemocap.csv", "out.csv", "--jobs", 1)
    assert done.status == 0, done.err
    assert "clips     4: 4 ok" in done.out
    assert "speakers  2: Ses01_F, Ses01_M" in done.out
    assert "emotions  3: anger, exc, neutral; unknown for 1 clip" in done.out


@pytest.mark.slow
@pytest.mark.parametrize("clips", ["*_s[12]_t1.wav", pytest.param("*.wav", marks=pytest.mark.thorough)])
def test_the_tour_runs(cli, tmp_path, synthetic, clips):
    """On a quarter of the clips that its first line makes, or on all of them."""
    first, *lines = [
        line for code in _blocks("start/tour.md", "sh") for line in code.splitlines() if line and line[0] != "#"
    ]
    assert first.split() == ["prosody-ser", "synth", "corpus"]
    (tmp_path / "corpus").mkdir()
    for path in (*synthetic.glob(clips), synthetic / "SYNTHETIC.txt"):
        shutil.copy(path, tmp_path / "corpus")
    shutil.copytree(tmp_path / "corpus", tmp_path / "few", ignore=shutil.ignore_patterns("*_[fm][234]_*", "*_s2_*"))
    for line in lines:
        program, *arguments = shlex.split(line, comments=True)
        assert program == "prosody-ser"
        if LEAVES & set(arguments) and arguments[:2] == ["extract", "corpus"]:
            arguments[1] = "few"
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
        "few",
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
