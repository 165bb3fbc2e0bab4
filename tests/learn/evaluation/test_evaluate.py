"""Scores are pooled over unseen speakers, documented and repeatable; what cannot be scored is refused with a reason."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, f1_score
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.pipeline import make_pipeline as sklearn_pipeline
from sklearn.preprocessing import StandardScaler

from prosody_ser import FeatureTable, Result, evaluate, importances, make_pipeline, result_text
from prosody_ser.errors import ProsodySerError, ProtocolError
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut
from tests.support.pipelines import quick_pipeline
from tests.support.schemas import validator
from tests.support.tables import keep, random_table

SCHEMA = validator("result")


@pytest.fixture(scope="module")
def table():
    return random_table(seed=2, n_rows=240, n_speakers=6, signal=1.5)


def test_steps_may_have_any_names():
    """A pipeline of scikit-learn's own names its last step after its class."""
    table = random_table(n_speakers=4)
    scores = [
        evaluate(table, pipeline, folds=2).data["uar"]
        for pipeline in (
            sklearn_pipeline(StandardScaler(), LinearDiscriminantAnalysis()),
            Pipeline([("scale", StandardScaler()), ("model", LinearDiscriminantAnalysis())]),
        )
    ]
    assert scores[0] == scores[1]


def test_the_track_is_known_however_deep_the_normaliser_sits(table):
    search = GridSearchCV(
        make_pipeline("svm", speaker_norm="speaker"), {"model__C": [0.5, 1.0]}, cv=LeaveOneSpeakerOut()
    )
    result = evaluate(table, search, folds=2)
    assert result.data["protocol"]["track"] == "speaker-normalised"
    SCHEMA.validate(result.data)


def test_scores_are_those_of_scikit_learn_on_pooled_predictions(table):
    pipeline = make_pipeline("svm")
    result = evaluate(table, pipeline, folds="loso")
    expected = cross_val_predict(pipeline, table.X, table.y, groups=speakers_of(table.X), cv=LeaveOneGroupOut())
    assert [clip["predicted"] for clip in result.data["clips"]] == list(expected)
    assert result.uar == pytest.approx(balanced_accuracy_score(table.y, expected))
    assert result.accuracy == pytest.approx(accuracy_score(table.y, expected))
    assert result.macro_f1 == pytest.approx(f1_score(table.y, expected, average="macro"))
    assert result.data["confusion"]["counts"] == confusion_matrix(table.y, expected).tolist()


def test_every_clip_is_held_out_once_with_its_scores(table):
    result = evaluate(table, make_pipeline("svm"))
    clips = pd.DataFrame(result.data["clips"])
    assert list(clips["file"]) == list(table.frame["file"])
    tested = {fold["fold"]: fold["test_speakers"] for fold in result.data["protocol"]["folds"]}
    assert all(clip.speaker in tested[clip.fold] for clip in clips.itertuples())
    best = [max(scores, key=scores.get) for scores in clips["scores"]]
    assert best == list(clips["predicted"])
    assert sum(fold["n_test"] for fold in result.data["protocol"]["folds"]) == len(table)


def test_probabilities_are_probabilities(table):
    result = evaluate(table, make_pipeline("rf"), folds=2)
    for clip in result.data["clips"]:
        assert sum(clip["scores"].values()) == pytest.approx(1)


def test_two_classes_have_two_margins():
    binary = random_table(shares=(0.6, 0.4), signal=2.0)
    result = evaluate(binary, make_pipeline("svm"))
    for clip in result.data["clips"]:
        assert set(clip["scores"]) == {"class0", "class1"}
        assert clip["predicted"] == max(clip["scores"], key=clip["scores"].get)


def test_a_speaker_without_a_class_does_not_break_the_pooled_score(table):
    frame = table.frame
    lacking = FeatureTable(frame[(frame["speaker"] != "s00") | (frame["emotion"] != "class2")], table.feature_names)
    result = evaluate(lacking, make_pipeline("svm"))
    truth = [clip["emotion"] for clip in result.data["clips"]]
    assert result.uar == pytest.approx(balanced_accuracy_score(truth, [c["predicted"] for c in result.data["clips"]]))
    assert result.data["per_speaker"]["s00"]["uar"] > 0.5


def test_a_result_is_shown_as_text(table):
    result = evaluate(table, make_pipeline("svm"), folds=3)
    assert f"{result.uar:.3f}" in result_text(result)


def test_a_result_survives_its_file(tmp_path, table):
    result = evaluate(table, make_pipeline("svm"))
    result.write(tmp_path / "r.json")
    assert Result.read(tmp_path / "r.json").data == result.data
    (tmp_path / "other.json").write_text("[]")
    (tmp_path / "newer.json").write_text(json.dumps(result.data | {"schema_version": 99}))
    for name, message in [
        ("no.json", "there is no such file"),
        ("other.json", "not a result"),
        ("newer.json", "version 99"),
    ]:
        with pytest.raises(ProsodySerError, match=message):
            Result.read(tmp_path / name)


@pytest.mark.parametrize(("n_speakers", "n_folds"), [(24, 24), (25, 10)])
def test_default_folds_leave_one_speaker_out_up_to_24(n_speakers, n_folds):
    many = random_table(n_rows=300, n_speakers=n_speakers)
    result = evaluate(many, make_pipeline("svm"))
    assert len(result.data["protocol"]["folds"]) == n_folds


def test_what_cannot_be_scored_is_refused(table):
    frame = table.frame
    single = (frame["emotion"] != "class1") | (frame["speaker"] == "s03")
    cases = {
        "one speaker only": keep(table, frame["speaker"] == "s01"),
        "one emotion only": keep(table, frame["emotion"] == "class1"),
        r"class1 has clips of one speaker only \(s03\)": keep(table, single),
        "the table is empty": keep(table, frame["speaker"] == "nobody"),
        "fill the column 'emotion' with .* and the column 'speaker' with the name": FeatureTable(
            frame.assign(speaker="", emotion=""), table.feature_names
        ),
        "fill the table's 'speaker' column": FeatureTable(frame.assign(speaker=""), table.feature_names),
    }
    for message, bad in cases.items():
        for run in (evaluate, importances):
            with pytest.raises(ProtocolError, match=message):
                run(bad, make_pipeline("svm"))


@pytest.mark.parametrize(("one", "other"), [("s01", "S01"), ("3", "03"), ("3", "3.0")])
def test_one_person_by_two_names_is_refused(table, one, other):
    """Counted as two speakers, they would be in training and test."""
    frame = table.frame.copy()
    half = (frame.index % 2 == 0) & (frame["speaker"] == "s01")
    frame.loc[frame["speaker"] == "s01", "speaker"] = one
    frame.loc[half, "speaker"] = other
    with pytest.raises(ProtocolError, match="look like the same person"):
        evaluate(FeatureTable(frame, table.feature_names), make_pipeline("svm"))


def test_a_speaker_of_one_clip_cannot_be_normalised(table):
    frame = table.frame
    single = (frame["speaker"] != "s00") | (frame.index == frame.index[frame["speaker"] == "s00"][0])
    for run in (evaluate, importances):
        with pytest.raises(ProtocolError, match=r"1 speaker with a single clip \(e\.g\. s00\)"):
            run(keep(table, single), make_pipeline("svm", speaker_norm="speaker"))
    assert evaluate(keep(table, single), make_pipeline("svm")).uar > 0.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda t: make_pipeline("gru"), "unknown model 'gru'; choose from best, svm, linear-svm, rf"),
        (
            lambda t: make_pipeline(balance="rose"),
            "unknown balance 'rose'; choose from none, class-weight, over, under",
        ),
        (lambda t: make_pipeline(speaker_norm="both"), "unknown speaker-norm 'both'; choose from none, speaker"),
        (lambda t: make_pipeline(seed=2**32), "seed must be a whole number, from 0 to 4294967295"),
        (lambda t: evaluate(t, make_pipeline(), folds="random"), "unknown folds 'random'"),
        (lambda t: evaluate(t, make_pipeline(), folds=7), r"from 2 to 6, the number of speakers \(got 7\)"),
        (lambda t: evaluate(t, make_pipeline(), folds=1), r"from 2 to 6, the number of speakers \(got 1\)"),
    ],
)
def test_unknown_choices_list_the_known_ones(table, make, message):
    with pytest.raises(ProtocolError, match=message):
        make(table)


def test_a_splitter_that_shares_speakers_is_refused(table):
    from sklearn.model_selection import KFold

    with pytest.raises(ProtocolError, match="in both train and test"):
        evaluate(table, make_pipeline("svm"), folds=KFold(3))


def test_a_class_lost_to_one_fold_is_refused(table):
    """Two speakers share a class and are held out together: the training part of that fold would lack the class."""
    frame = table.frame
    rare = keep(table, (frame["emotion"] != "class2") | frame["speaker"].isin(["s00", "s01"]))

    class Together:
        def split(self, X, y=None, groups=None):
            first = np.isin(speakers_of(X), ["s00", "s01"])
            yield np.flatnonzero(~first), np.flatnonzero(first)
            yield np.flatnonzero(first), np.flatnonzero(~first)

    with pytest.raises(ProtocolError, match="fold 1 has no class2 to train on"):
        evaluate(rare, make_pipeline("svm"), folds=Together())


def test_smote_copes_with_a_class_of_one(table):
    frame = table.frame
    keep_rows = frame.index.isin(frame[frame["emotion"] == "class2"].groupby("speaker").head(1).index[:2])
    rare = keep(table, (frame["emotion"] != "class2") | keep_rows)
    assert (rare.frame["emotion"] == "class2").sum() == 2
    assert evaluate(rare, make_pipeline("svm", balance="smote")).uar > 0.3


def test_missing_values_are_imputed_inside_the_fold(table):
    holes = FeatureTable(table.frame, table.feature_names)
    rng = np.random.default_rng(0)
    for name in table.feature_names:
        holes.frame.loc[rng.random(len(holes)) < 0.1, name] = np.nan
    holes.frame["x5"] = np.nan  # nowhere defined
    for speaker_norm in SPEAKER_NORMS:
        assert evaluate(holes, make_pipeline("svm", speaker_norm=speaker_norm)).uar > 0.45


def test_importance_finds_the_feature_that_carries_the_signal(table):
    seen = []
    ranking = importances(table, make_pipeline("rf"), folds=3, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert list(ranking["rank"]) == list(range(1, len(table.feature_names) + 1))
    assert ranking["feature"].iloc[0] == "x0"
    assert ranking["importance"].iloc[0] > 0.2
    assert ranking["importance"].iloc[1:].abs().max() < 0.05
    again = importances(table, make_pipeline("rf"), folds=3)
    pd.testing.assert_frame_equal(ranking, again)


def test_importance_of_the_only_feature_is_all_that_is_above_chance(table):
    """With the one informative feature shuffled within speakers, the score is chance: 1 / 3."""
    alone = FeatureTable(table.frame[["file", "speaker", "emotion", "x0"]], ("x0",))
    pipeline = make_pipeline("svm", balance="class-weight")
    ranking = importances(alone, pipeline, n_repeats=20)
    assert evaluate(alone, pipeline).uar - ranking["importance"].iloc[0] == pytest.approx(1 / 3, abs=0.04)


def test_importance_predicts_in_parts_as_in_one(table, monkeypatch):
    """Speaker normalisation must not see the copies of a held-out clip as more clips."""
    from prosody_ser.learn.inspection import shuffled_predictions as shuffled

    pipeline = quick_pipeline("rf", speaker_norm="speaker")
    whole = importances(table, pipeline, folds=3)
    monkeypatch.setattr(shuffled, "ROWS_AT_ONCE", 1)
    pd.testing.assert_frame_equal(importances(table, pipeline, folds=3), whole)
