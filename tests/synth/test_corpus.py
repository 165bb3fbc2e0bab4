"""The built-in corpus is reproducible and complete, and always has its notice."""

import pytest
import soundfile

from prosody_ser import evaluate, make_pipeline, synthesise
from prosody_ser.datasets import find_utterances
from prosody_ser.errors import CorpusError
from prosody_ser.synth import rules
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.folders import files_in


class _EnoughError(Exception):
    """Some clips were made."""


@pytest.mark.parametrize("n_clips", [40, pytest.param(rules.N_CLIPS, marks=pytest.mark.thorough)])
def test_same_seed_same_bytes_and_another_seed_varies_every_clip(tmp_path, synthetic, n_clips):
    """The first clips are enough for every run: all are made in a fixed order."""

    def stop(done, total):
        assert total == rules.N_CLIPS
        if done == n_clips:
            raise _EnoughError

    for folder, seed in (("same", 0), ("other", 1)):
        with pytest.raises(_EnoughError):
            synthesise(tmp_path / folder, seed, stop)
    there, same, other = (files_in(folder) for folder in (synthetic, tmp_path / "same", tmp_path / "other"))
    in_order = sorted(synthetic.glob("*.wav"), key=lambda path: path.stat().st_mtime_ns)
    for path in in_order[:n_clips]:
        assert there[path.name] == same[path.name]
        assert there[path.name] != other[path.name]


def test_the_first_clips_alone_have_the_same_bytes(tmp_path, synthetic):
    made = synthesise(tmp_path, n_clips=2)
    assert len(made) == 2
    assert all(path.read_bytes() == (synthetic / path.name).read_bytes() for path in made)


def test_it_is_as_large_as_promised(synthetic):
    contents = find_utterances(synthetic)
    corpus, utterances = contents.corpus, contents.utterances
    assert corpus.name == "synthetic"
    assert len(utterances) == rules.N_CLIPS == 320
    assert len({u.speaker for u in utterances}) >= 8
    assert len({u.emotion for u in utterances}) == 5
    assert len({u.sentence for u in utterances}) == 4
    assert set(corpus.emotions) == set(rules.EMOTIONS)
    assert {corpus.clip_name(u) for u in utterances} == corpus.expected()


def test_every_clip_says_that_it_is_synthetic(synthetic):
    for path in synthetic.glob("*.wav"):
        with soundfile.SoundFile(path) as file:
            assert file.comment == SYNTHETIC_NOTICE
    assert SYNTHETIC_NOTICE in (synthetic / "SYNTHETIC.txt").read_text()


@pytest.mark.parametrize("speaker_norm", ["none", "speaker"])
def test_it_is_neither_trivial_nor_hopeless(synthetic_table, speaker_norm):
    result = evaluate(synthetic_table, make_pipeline("svm", speaker_norm=speaker_norm))
    assert 0.45 <= result.uar <= 0.85
    assert result.data["notice"] == SYNTHETIC_NOTICE


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_are_as_hard(synthetic_corpus, measured, seed):
    table = measured(synthetic_corpus(seed), "prosody_v1")
    assert 0.45 <= evaluate(table, make_pipeline("svm")).uar <= 0.85


def test_emotions_move_the_voice_as_the_rules_say(synthetic_table):
    """Measured by our own features: direction of pitch, level and rate against neutral."""
    frame = synthetic_table.frame
    mean = frame.groupby("emotion")[["f0_mean_st", "intensity_mean_db", "articulation_rate_per_s"]].mean()
    moved = mean - mean.loc["neutral"]
    for emotion, manner in rules.EMOTIONS.items():
        if abs(manner.pitch_st) >= 1:
            assert moved.loc[emotion, "f0_mean_st"] * manner.pitch_st > 0, emotion
        if abs(manner.level_db) >= 2:
            assert moved.loc[emotion, "intensity_mean_db"] * manner.level_db > 0, emotion
        if abs(manner.rate_factor - 1) >= 0.1:
            assert moved.loc[emotion, "articulation_rate_per_s"] * (manner.rate_factor - 1) > 0, emotion


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CorpusError, match="cannot be created"):
        synthesise(tmp_path / "file" / "corpus")
