"""The built-in corpus: repeatable, as large as promised, and never without its notice."""

import pytest
import soundfile

from prosody_ser import evaluate, make_pipeline, synthesise
from prosody_ser.datasets import find_utterances
from prosody_ser.errors import CorpusError
from prosody_ser.synth import rules
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.folders import files_in


def test_same_seed_same_bytes(tmp_path, synthetic):
    synthesise(tmp_path, seed=0)
    assert files_in(tmp_path) == files_in(synthetic)


def test_another_seed_varies_every_clip(synthetic_corpus, synthetic):
    first, second = files_in(synthetic), files_in(synthetic_corpus(1))
    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first if name.endswith(".wav"))


def test_it_is_as_large_as_promised(synthetic):
    found = find_utterances(synthetic)
    corpus, utterances = found.corpus, found.utterances
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
    with pytest.raises(CorpusError, match="cannot be made"):
        synthesise(tmp_path / "file" / "corpus")
