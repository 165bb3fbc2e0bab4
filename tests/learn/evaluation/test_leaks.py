"""Nothing is learned outside the training fold: these tests prove the main promise of the project."""

import joblib
import numpy as np
import pytest

from prosody_ser import evaluate, make_pipeline
from prosody_ser.learn.classifiers.registry import BALANCES, MODELS, balances_of
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.speakers.enrolment import enrolment_of, mark_enrolment
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut, SpeakerKFold
from tests.support.crossed import crossed
from tests.support.pipelines import as_planned, fit_folds, quick_pipeline
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table, random_table

COMBINATIONS = crossed(FEATURE_MODELS, BALANCES, allowed=lambda model, balance: balance in balances_of(model))
SPLITS = ("loso", "3", "2x2", "fixed", "speaker-sentence:2x2")


def fitted_steps(X, y, pipeline, folds):
    """A digest of every fitted step of the first fold, and the fold itself."""
    fold = next(fit_folds(X, y, pipeline, folds))
    inner = getattr(fold.pipeline, "estimator_", fold.pipeline)
    digests = {name: joblib.hash(step) for name, step in inner.named_steps.items()}
    return digests | {"all": joblib.hash(fold.pipeline)}, fold


@pytest.fixture(scope="module")
def acted():
    """A table, and one fold of each split."""
    table = acted_table(rows_each=24, seed=3, n_sentences=2, signal=0.5)
    return table, {split: as_planned(table.X, table.y, split, 0 if split == "fixed" else 1) for split in SPLITS}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "balance"), COMBINATIONS)
def test_garbage_in_the_held_out_rows_changes_no_fitted_step(acted, model, balance):
    """Rows outside a fold's training part (test, validation or left out) may hold anything without changing the fit.

    The exception is the validation part by which a network decides when to stop.
    """
    table, planned_of = acted
    y = table.y
    rng = np.random.default_rng(0)
    for folds in SPLITS:
        for options in ({}, {"speaker_norm": "speaker"}, {"speaker_norm": "enrol"}, {"calibrate": True}):
            if options and folds != "fixed":
                continue  # once is enough for those
            X = mark_enrolment(table.X, 3) if options.get("speaker_norm") == "enrol" else table.X
            pipeline = quick_pipeline(model, balance=balance, **options)
            planned = planned_of[folds]
            clean, fold = fitted_steps(X, y, pipeline, planned)
            heard = np.append(fold.train, fold.validation) if MODELS[model].network else fold.train
            outside = np.setdiff1d(np.arange(len(X)), heard)
            garbage, wrong = X.copy(), y.copy()
            garbage.iloc[outside] = rng.choice([np.nan, 1e6, -1e6, 0.0], size=(len(outside), X.shape[1]))
            wrong.iloc[outside] = rng.permutation(y.iloc[outside].to_numpy())
            soiled, _ = fitted_steps(garbage, wrong, pipeline, planned)
            assert soiled == clean


def test_the_proof_would_notice_a_leak():
    """The same comparison on a training row: every step that learns must differ."""
    table = random_table(seed=3, n_rows=160, signal=0.5)
    X, y = table.X, table.y
    clean, fold = fitted_steps(X, y, make_pipeline("svm"), "loso")
    other = X.copy()
    other.iloc[fold.train[0]] = 50.0
    changed, _ = fitted_steps(other, y, make_pipeline("svm"), "loso")
    assert all(changed[name] != clean[name] for name in ("impute", "scale", "model"))


@pytest.mark.parametrize(("norm", "hears_others", "hears_enrolment"), [
    ("none", False, False), ("speaker", True, True), ("enrol", False, True),
])  # fmt: skip
def test_a_test_clip_is_judged_by_what_its_track_allows(norm, hears_others, hears_enrolment):
    """Blind: on the clip alone; normalised: with all clips of its speaker; enrolled: with the enrolment clips alone."""
    table = acted_table(rows_each=24, seed=3, signal=0.5)
    X, y = mark_enrolment(table.X, 4), table.y
    fold = next(iter(fit_folds(X, y, make_pipeline("lda", speaker_norm=norm), "loso")))
    test = X.iloc[fold.test]
    enrols = enrolment_of(test)
    judged, others = np.flatnonzero(~enrols)[0], np.flatnonzero(~enrols)[1:]
    clean = fold.pipeline.decision_function(test)[judged]
    for soiled, heard in ((others, hears_others), (np.flatnonzero(enrols), hears_enrolment)):
        garbage = test.copy()
        garbage.iloc[soiled] = np.random.default_rng(0).normal(5, 3, size=(len(soiled), X.shape[1]))
        assert np.allclose(fold.pipeline.decision_function(garbage)[judged], clean) != heard


def test_enrolment_clips_are_drawn_without_looking_at_labels_and_scored_in_no_track():
    table = acted_table(rows_each=24, seed=3, signal=1.0)
    pipelines = [make_pipeline("lda", speaker_norm=norm) for norm in SPEAKER_NORMS]
    data = evaluate(table, pipelines[0], alongside=pipelines[1:], enrol_clips=4).data
    drawn = set(table.frame["file"][enrolment_of(mark_enrolment(table.X, 4))])
    assert len(drawn) == 4 * 6
    assert {clip["file"] for clip in data["clips"]} == set(table.frame["file"]) - drawn
    for track in (data, *data["alongside"]):
        assert np.sum(track["confusion"]["counts"]) == len(table) - len(drawn)
    other = table.frame.assign(emotion=np.random.default_rng(0).permutation(table.frame["emotion"]))
    again = mark_enrolment(type(table)(other, table.feature_names).X, 4)
    assert set(other["file"][enrolment_of(again)]) == drawn


@pytest.mark.slow
@pytest.mark.parametrize(
    ("balance", "speaker_norm"), [*crossed(BALANCES, ("none", "speaker")), ("none", "enrol"), ("smote", "enrol")]
)
def test_pure_noise_scores_chance(balance, speaker_norm):
    """1,500 rows, 10 speakers, 4 imbalanced classes, 3 seeds. SMOTE before the split would score 0.66."""
    scores = []
    for seed in range(3):
        noise = random_table(seed, n_rows=1500, n_speakers=10, shares=(0.55, 0.25, 0.12, 0.08), n_features=20)
        pipeline = make_pipeline("svm", balance=balance, speaker_norm=speaker_norm, seed=seed)
        scores.append(evaluate(noise, pipeline, folds=2).uar)
    assert np.mean(scores) == pytest.approx(0.25, abs=0.03)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "balance"), COMBINATIONS)
def test_noise_scores_chance_with_every_model_and_split(model, balance):
    """One draw each: 0.12 is some four standard deviations of 600 clips, and far below what a leak gives."""
    noise = acted_table(10, rows_each=60, shares=(0.4, 0.3, 0.2, 0.1), n_features=10)
    split = SPLITS[(list(MODELS).index(model) + list(BALANCES).index(balance)) % len(SPLITS)]
    track = list(SPEAKER_NORMS)[list(BALANCES).index(balance) % len(SPEAKER_NORMS)]
    for folds in {"3", split}:
        result = evaluate(
            noise, quick_pipeline(model, balance=balance, speaker_norm=track), folds=folds, enrol_clips=15
        )
        assert result.uar == pytest.approx(0.25, abs=0.15 if folds == "fixed" else 0.12)


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
    """The metadata is made to give the label away; the score must not change."""
    table = random_table(seed=1, n_rows=400)
    for column in ("sentence", "take", "error", "intensity"):
        table.frame[column] = table.frame["emotion"]
    table.frame["file"] = [f"{emotion}/{i}.wav" for i, emotion in enumerate(table.frame["emotion"])]
    table.frame["lead"] = table.frame["emotion"].factorize()[0].astype(float)
    table.frame["pitch_floor_hz"] = table.frame["lead"]
    result = evaluate(table, make_pipeline("rf").set_params(model__n_estimators=50))
    assert result.uar == pytest.approx(1 / 3, abs=0.1)
    assert result.data["protocol"]["features"] == list(table.feature_names)
