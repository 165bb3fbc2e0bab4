"""Nothing is learned outside the training fold. The proofs that the project exists for."""

import joblib
import numpy as np
import pytest

from prosody_ser import evaluate, make_pipeline
from prosody_ser.learn.folds import fit_folds
from prosody_ser.learn.registry import BALANCES, MODELS, SPEAKER_NORMS
from prosody_ser.learn.speakers import speakers_of
from prosody_ser.learn.splits import LeaveOneSpeakerOut, SpeakerKFold

from .conftest import random_table


def fitted_steps(X, y, pipeline, number):
    """Digest of every fitted step of one fold."""
    fold = next(f for f in fit_folds(X, y, pipeline, "loso") if f.number == number)
    return {name: joblib.hash(step) for name, step in fold.pipeline.named_steps.items()}, fold


@pytest.mark.parametrize("balance", BALANCES)
@pytest.mark.parametrize("model", MODELS)
def test_garbage_in_the_held_out_rows_changes_no_fitted_step(model, balance):
    table = random_table(seed=3, n_rows=160, signal=0.5)
    X, y = table.X, table.y
    pipeline = make_pipeline(model, balance=balance)
    clean, fold = fitted_steps(X, y, pipeline, number=2)

    garbage, wrong = X.copy(), y.copy()
    rng = np.random.default_rng(0)
    garbage.iloc[fold.test] = rng.choice([np.nan, 1e6, -1e6, 0.0], size=(len(fold.test), X.shape[1]))
    wrong.iloc[fold.test] = rng.permutation(y.iloc[fold.test].to_numpy())
    soiled, _ = fitted_steps(garbage, wrong, pipeline, number=2)
    assert soiled == clean


def test_the_proof_would_notice_a_leak():
    """The same comparison on a training row: every step that learns must differ."""
    table = random_table(seed=3, n_rows=160, signal=0.5)
    X, y = table.X, table.y
    clean, fold = fitted_steps(X, y, make_pipeline("svm"), number=2)
    other = X.copy()
    other.iloc[fold.train[0]] = 50.0
    changed, _ = fitted_steps(other, y, make_pipeline("svm"), number=2)
    assert all(changed[name] != clean[name] for name in ("impute", "scale", "model"))


@pytest.mark.slow
@pytest.mark.parametrize("speaker_norm", SPEAKER_NORMS)
@pytest.mark.parametrize("balance", BALANCES)
def test_pure_noise_scores_chance(balance, speaker_norm):
    """1,500 rows, 10 speakers, 4 imbalanced classes, 5 seeds. SMOTE before the split would score 0.90."""
    scores = []
    for seed in range(5):
        noise = random_table(seed, n_rows=1500, n_speakers=10, shares=(0.55, 0.25, 0.12, 0.08), n_features=20)
        pipeline = make_pipeline("svm", balance=balance, speaker_norm=speaker_norm, seed=seed)
        scores.append(evaluate(noise, pipeline).uar)
    assert np.mean(scores) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("model", ["rf", "mlp"])
def test_noise_scores_chance_with_other_models(model):
    noise = random_table(0, n_rows=600, n_speakers=10, shares=(0.4, 0.3, 0.2, 0.1), n_features=10)
    assert evaluate(noise, make_pipeline(model, balance="smote"), folds=3).uar == pytest.approx(0.25, abs=0.07)


@pytest.mark.parametrize("splitter", [LeaveOneSpeakerOut(), SpeakerKFold(2), SpeakerKFold(4, seed=7)])
def test_no_speaker_is_on_both_sides(splitter):
    table = random_table(n_speakers=7)
    speakers = speakers_of(table.X)
    held_out = np.zeros(len(speakers), dtype=int)
    splits = list(splitter.split(table.X, table.y))
    assert len(splits) == splitter.get_n_splits(table.X, table.y)
    for train, test in splits:
        assert not set(speakers[train]) & set(speakers[test])
        held_out[test] += 1
    assert (held_out == 1).all()


def test_only_features_reach_the_model():
    """Metadata is made to tell the label outright; the score must not notice."""
    table = random_table(seed=1, n_rows=400)
    for column in ("sentence", "take", "error", "intensity", "parent"):
        table.frame[column] = table.frame["emotion"]
    table.frame["file"] = [f"{emotion}/{i}.wav" for i, emotion in enumerate(table.frame["emotion"])]
    table.frame["lead"] = table.frame["emotion"].factorize()[0].astype(float)
    table.frame["pitch_floor_hz"] = table.frame["lead"]
    result = evaluate(table, make_pipeline("rf"))
    assert result.uar == pytest.approx(1 / 3, abs=0.1)
    assert result.data["protocol"]["features"] == list(table.feature_names)
