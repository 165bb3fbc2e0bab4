"""Enrolment clips reach the normaliser through every scikit-learn tool, and nothing else of a new speaker does."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_validate
from sklearn.pipeline import make_pipeline as plain_pipeline

from prosody_ser import SpeakerNormalizer, evaluate, make_pipeline, result_text
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.evaluation.tracks import wanted_norms
from prosody_ser.learn.preprocessing.arrays import takes_arrays
from prosody_ser.learn.speakers.enrolment import enrolment_of, mark_enrolment, with_enrolment
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut, SpeakerKFold
from tests.support.tables import acted_table, random_table, shifted_speakers

PLAIN, Y = shifted_speakers()
X = mark_enrolment(PLAIN, 6, seed=1)
MODEL = plain_pipeline(SpeakerNormalizer("enrol"), LogisticRegression())


def unheard(seed):
    rows, y = shifted_speakers(seed=seed, prefix="new")
    return mark_enrolment(rows, 6, seed=1), y


@pytest.mark.parametrize("splitter", [LeaveOneSpeakerOut(), SpeakerKFold(3)])
def test_cross_val_predict_enrols_test_speakers(splitter):
    assert (cross_val_predict(MODEL, X, Y, cv=splitter) == Y).mean() > 0.9


def test_cross_validate_enrols_test_speakers():
    scores = cross_validate(MODEL, X, Y, cv=LeaveOneSpeakerOut(), scoring="balanced_accuracy")["test_score"]
    assert scores.mean() > 0.9


def test_grid_search_enrols_test_speakers():
    search = GridSearchCV(MODEL, {"logisticregression__C": [0.1, 1.0]}, cv=LeaveOneSpeakerOut()).fit(X, Y)
    assert search.best_score_ > 0.9
    assert search.score(*unheard(1)) > 0.9


def test_calibration_enrols_test_speakers():
    calibrated = CalibratedClassifierCV(MODEL, cv=LeaveOneSpeakerOut(), ensemble=False).fit(X, Y)
    rows, y = unheard(2)
    assert (calibrated.predict(rows) == y).mean() > 0.9


def test_permutation_importance_enrols_test_speakers():
    importance = permutation_importance(clone(MODEL).fit(X, Y), *unheard(3), n_repeats=3, random_state=0)
    assert importance.importances_mean[0] > 0.3
    assert abs(importance.importances_mean[1]) < 0.05


def test_without_marks_a_new_speaker_is_an_error_not_a_silence():
    fitted = SpeakerNormalizer("enrol").fit(X)
    with pytest.raises(ProtocolError, match="marks no enrolment clips"):
        SpeakerNormalizer("enrol").fit(PLAIN)
    rows, _ = unheard(1)
    with pytest.raises(ProtocolError, match="marks no enrolment clips"):
        fitted.transform(rows.droplevel("enrol"))
    with pytest.raises(ProtocolError, match="speaker new0 has no enrolment clip among these rows"):
        fitted.transform(rows[~enrolment_of(rows)])
    np.testing.assert_allclose(fitted.transform(PLAIN), fitted.transform(X))  # speakers met in fit need none
    with pytest.raises(ValueError, match="`clips` must be 'all' or 'enrol'"):
        SpeakerNormalizer("some").fit(X)


def test_prediction_with_a_folder_is_that_of_the_evaluation():
    """Enrolment clips joined to one clip at a time give the same prediction as in the evaluation."""
    fitted = clone(MODEL).fit(X, Y)
    rows, _ = unheard(4)
    enrols = enrolment_of(rows)
    expected = fitted.decision_function(rows)[~enrols]
    plain = rows.droplevel("enrol")
    speakers = speakers_of(plain)
    for i, position in enumerate(np.flatnonzero(~enrols)[:40]):
        joined = with_enrolment(plain.iloc[[position]], plain[enrols & (speakers == speakers[position])])
        np.testing.assert_allclose(fitted.decision_function(joined)[~enrolment_of(joined)], expected[i])


def test_few_clips_are_drawn_towards_all_speakers_and_many_are_not():
    """Without variance between speakers a speaker's own mean has no weight; with a very large one, full weight."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_arrays([np.repeat([f"s{i:02d}" for i in range(40)], 50)], names=["speaker"])
    level = np.repeat(rng.normal(scale=2.0, size=40), 50)
    frame = pd.DataFrame({"apart": level, "alike": 0.0}, index=index) + rng.normal(scale=4.0, size=(2000, 2))
    marked = mark_enrolment(frame, 8, seed=0)
    fitted = SpeakerNormalizer("enrol").fit(marked)
    np.testing.assert_allclose(fitted.within_, 16, rtol=0.1)
    assert fitted.between_[0] == pytest.approx(4, rel=0.5)
    assert fitted.between_[1] < 0.3
    means = frame[enrolment_of(marked)].groupby(level="speaker").mean().to_numpy()
    weight = 8 * fitted.between_ / (8 * fitted.between_ + fitted.within_)
    np.testing.assert_allclose(fitted.mean_, fitted.level_ + weight * (means - fitted.level_))
    truth = level[::50]
    assert np.mean((fitted.mean_[:, 0] - truth) ** 2) < np.mean((means[:, 0] - truth) ** 2)


def test_what_is_not_defined_in_the_enrolment_clips_falls_back_on_all_speakers():
    gaps = X.copy()
    gaps.iloc[np.flatnonzero(enrolment_of(X) & (speakers_of(X) == "s0")), 0] = np.nan
    gaps["constant"] = 3.0
    fitted = SpeakerNormalizer("enrol").fit(gaps)
    assert fitted.mean_[0, 0] == fitted.level_[0]
    out = fitted.transform(gaps)
    assert (out[:, 2] == 0).all()
    assert np.isfinite(out[np.isfinite(gaps.to_numpy()).all(axis=1)]).all()


def test_a_draw_does_not_depend_on_order_or_on_other_speakers():
    table = acted_table(rows_each=20)

    def drawn(X, seed=3):
        return set(X.index.get_level_values("file")[enrolment_of(mark_enrolment(X, 5, seed=seed))])

    files = drawn(table.X)
    assert drawn(table.X.sample(frac=1, random_state=0)) == files
    without = speakers_of(table.X) == "s01"
    assert drawn(table.X[~without]) == files - set(table.frame["file"][without])
    assert drawn(table.X, seed=4) != files
    for n, message in (
        (0, "enrolment clips must be at least 1 .got 0."),
        (40, "with 40 for enrolment none would be left"),
    ):
        with pytest.raises(ProtocolError, match=message):
            mark_enrolment(table.X, n)


def test_augmented_copies_are_no_enrolment_clips():
    table = random_table(n_rows=60)
    copies = table.frame.assign(variant="noise")
    both = type(table)(pd.concat([table.frame, copies]), table.feature_names)
    marked = mark_enrolment(both.X, 4)
    assert set(marked.index.get_level_values("variant")[enrolment_of(marked)]) == {"original"}


class Spy(TransformerMixin, BaseEstimator):
    """Counts the rows that pass through it."""

    seen: list = []  # noqa: RUF012 - shared by all clones, which is what it is for

    def fit(self, X, y=None):
        Spy.seen.append(("fit", len(X)))
        return self

    def transform(self, X):
        Spy.seen.append(("pass", len(X)))
        return X


@pytest.mark.parametrize("folds", ["loso", "3", "2x2", "fixed:1/1/1", "speaker-sentence:2x2"])
def test_every_mode_learns_from_training_clips_and_judges_each_clip_once(folds):
    """Rows at fit and predict in all modes; enrolment clips from outside the test part are added to it, unscored."""
    table = acted_table(rows_each=40, n_sentences=2, signal=1.0)
    pipelines = []
    for norm in ("none", "speaker", "enrol"):
        pipelines.append(make_pipeline("lda", speaker_norm=norm))
        pipelines[-1].steps.insert(1 - (norm == "none"), ("spy", Spy()))
    Spy.seen.clear()
    data = evaluate(table, pipelines[0], folds=folds, alongside=pipelines[1:], enrol_clips=10).data
    parts = data["protocol"]["folds"]
    scored = sum(part["n_test"] for part in parts)
    assert scored == len(data["clips"]) == np.sum(data["confusion"]["counts"])
    assert all(np.sum(other["confusion"]["counts"]) == scored for other in data["alongside"])
    enrols = dict(zip(table.X.index, enrolment_of(mark_enrolment(table.X, 10)), strict=True))
    n_enrolled = {part["fold"]: 10 * len(part["test_speakers"]) for part in parts}
    seen = np.array_split(np.array(Spy.seen, dtype=object), 3)
    for mode, rows in enumerate(seen):
        fits, passed = rows[rows[:, 0] == "fit", 1], rows[rows[:, 0] == "pass", 1]
        assert list(fits) == list(passed[::2]) == [part["n_train"] for part in parts]
        whole = [part["n_test"] + n_enrolled[part["fold"]] for part in parts]
        if folds != "speaker-sentence:2x2" or mode == 2:  # there with the enrolment clips of the other sentences
            assert list(passed[1::2]) == whole
        else:
            assert all(now < then for now, then in zip(passed[1::2], whole, strict=True))
    assert sum(enrols.values()) == data["protocol"]["enrolment"]["n_clips"] == 60


def test_too_few_enrolment_clips_in_a_training_part_are_refused():
    table = acted_table(rows_each=30, n_sentences=8, signal=1.0)
    with pytest.raises(ProtocolError, match="has no enrolment clip in the train part of fold"):
        evaluate(table, make_pipeline("lda", speaker_norm="enrol"), folds="speaker-sentence:2x2", enrol_clips=1)


def test_tracks_side_by_side_are_those_alone():
    table = acted_table(rows_each=24, signal=0.8)
    blind, normalised, enrolled = (make_pipeline("lda", speaker_norm=norm) for norm in ("none", "speaker", "enrol"))
    both = evaluate(table, blind, alongside=[normalised])
    assert both.uar == evaluate(table, blind).uar
    (other,) = both.data["alongside"]
    alone = evaluate(table, normalised)
    assert (other["uar"], other["track"]) == (alone.uar, "speaker-normalised")
    assert other["per_speaker"] == alone.data["per_speaker"]
    assert other["intervals"] == alone.data["intervals"]
    assert other["difference_uar"] == pytest.approx(alone.uar - both.uar)
    low, high = other["difference_interval"]
    assert low <= other["difference_uar"] <= high
    sizes = table.frame["speaker"].value_counts()
    assert other["clips_of_speaker"] == alone.data["protocol"]["clips_of_speaker"]
    assert (other["clips_of_speaker"]["least"], other["clips_of_speaker"]["most"]) == (sizes.min(), sizes.max())
    with_enrol = evaluate(table, enrolled, enrol_clips=3)
    text = result_text(with_enrol)
    assert "18 enrolment clips, 3 of each speaker, not scored" in text
    assert with_enrol.data["protocol"]["track"] == "enrolled"
    assert with_enrol.data["n_clips"] == len(table) - 18
    for words in (
        "blind: no clips of a test speaker are used",
        f"speaker-normalised: {sizes.min()} to {sizes.max()} clips",
    ):
        assert words in result_text(both)


def test_one_seed_one_result_whatever_the_jobs_over_all_tracks():
    table = acted_table(rows_each=24, signal=0.8)
    pipelines = [make_pipeline("svm", speaker_norm=norm) for norm in ("none", "speaker", "enrol")]
    seen = []
    one, two = (
        evaluate(
            table, pipelines[0], alongside=pipelines[1:], folds=3, n_jobs=n, progress=lambda *now: seen.append(now)
        )
        for n in (1, 2)
    )
    assert one.data == two.data
    assert seen == [(i, 9) for i in range(1, 10)] * 2


def test_lists_of_modes():
    assert wanted_norms("both") == ["none", "speaker"]
    assert wanted_norms("enrol, speaker,none") == wanted_norms("both,enrol") == ["none", "speaker", "enrol"]
    with pytest.raises(ProtocolError, match="unknown speaker-norm 'z'; choose from none, speaker, enrol, both, or"):
        wanted_norms("none,z")


@pytest.mark.parametrize("model", ["svm", "lda"])
def test_plain_arrays_are_fitted_where_nothing_looks_at_the_index_with_the_same_result(model, monkeypatch):
    table = acted_table(rows_each=24, signal=0.8)
    pipeline = make_pipeline(model, balance="smote")
    assert takes_arrays(pipeline)
    assert not any(takes_arrays(make_pipeline(model, speaker_norm=norm)) for norm in ("speaker", "enrol"))
    assert not takes_arrays(make_pipeline(model).set_output(transform="pandas"))
    fast = evaluate(table, pipeline)
    monkeypatch.setattr("prosody_ser.learn.evaluation.predictions.takes_arrays", lambda _: False)
    monkeypatch.setattr("prosody_ser.learn.evaluation.predictions._takes_the_largest", lambda *_: False)
    monkeypatch.setattr("prosody_ser.learn.evaluation.predictions._ready", lambda pipeline, rows: (pipeline, rows))
    assert evaluate(table, pipeline).data == fast.data
