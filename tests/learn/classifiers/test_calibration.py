"""Probabilities are learned on held-out speakers, and do not change the model's decisions."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import FeatureTable, evaluate, make_pipeline, result_text
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.calibration import SpeakerCalibratedClassifier
from prosody_ser.learn.classifiers.evidence import votes_and_margins
from prosody_ser.learn.classifiers.registry import BALANCES
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.speakers.enrolment import mark_enrolment
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut
from tests.support.crossed import crossed
from tests.support.pipelines import quick_pipeline
from tests.support.schemas import validator
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table, shifted_speakers

SCHEMA = validator("result")
TABLE = acted_table(signal=1.0)


@parametrize_with_checks([SpeakerCalibratedClassifier(LogisticRegression(), without_speakers="pool")])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("model", FEATURE_MODELS)
def test_decisions_stay_and_scores_become_probabilities(model):
    plain, calibrated = (
        evaluate(TABLE, quick_pipeline(model, calibrate=calibrate), folds=3).data for calibrate in (False, True)
    )
    SCHEMA.validate(calibrated)
    assert (plain["protocol"]["scores_calibrated"], calibrated["protocol"]["scores_calibrated"]) == (False, True)
    assert calibrated["protocol"]["score_kind"] == "probability"
    assert calibrated["protocol"]["steps"][-1]["estimator"] == "SpeakerCalibratedClassifier"
    assert [s["name"] for s in calibrated["protocol"]["steps"][:-1]] == [s["name"] for s in plain["protocol"]["steps"]]
    assert [c["predicted"] for c in plain["clips"]] == [c["predicted"] for c in calibrated["clips"]]
    for clip in calibrated["clips"]:
        assert sum(clip["scores"].values()) == pytest.approx(1)
        assert max(clip["scores"].values()) == pytest.approx(clip["scores"][clip["predicted"]])


@pytest.mark.parametrize("model", ["svm", "linear-svm", "knn", "rf"])
def test_calibrated_scores_are_better_probabilities(model):
    """Calibrated ones fit better than margins used as logits, or than the overconfident shares of forests and knn."""
    plain, calibrated = (
        pd.DataFrame([c["scores"] for c in evaluate(TABLE, quick_pipeline(model, calibrate=c), folds=3).data["clips"]])
        for c in (False, True)
    )
    if "svm" in model:
        plain = np.exp(plain).div(np.exp(plain).sum(axis=1), axis=0)
    plain = plain.clip(1e-6, None).pipe(lambda p: p.div(p.sum(axis=1), axis=0))
    shares = TABLE.y.value_counts(normalize=True)
    always = -(shares * np.log(shares)).sum()  # of who always says how common each emotion is
    assert log_loss(TABLE.y, calibrated) < log_loss(TABLE.y, plain)
    assert log_loss(TABLE.y, calibrated) < always


class Exaggerates(ClassifierMixin, BaseEstimator):
    """A classifier whose decision values are the true logits, which are X, times a factor."""

    def __init__(self, factor=1.0):
        self.factor = factor

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return self.factor * np.asarray(X)

    def predict(self, X):
        return self.classes_[np.argmax(X, axis=1)]


def from_logits(n_rows=4000, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=1.5, size=(n_rows, n_classes))
    share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random((n_rows, 1)) > share.cumsum(axis=1)).sum(axis=1)
    speakers = [f"s{i}" for i in rng.integers(8, size=n_rows)]
    return pd.DataFrame(logits, index=pd.Index(speakers, name="speaker")), y, share


@pytest.mark.parametrize("factor", [0.2, 1.0, 5.0])
def test_the_temperature_undoes_what_a_model_exaggerates(factor):
    X, y, share = from_logits()
    fitted = SpeakerCalibratedClassifier(Exaggerates(factor)).fit(X, y)
    assert 1 / fitted.weights_ == pytest.approx([factor], rel=0.1)
    assert fitted.n_calibrated_ == len(y)
    np.testing.assert_allclose(fitted.predict_proba(X), share, atol=0.05)


def test_an_svms_votes_and_margins_are_taken_apart():
    """Votes and margins equal those counted and summed from scikit-learn's one-against-one machines."""
    X, y = TABLE.X.to_numpy(), TABLE.y.to_numpy()
    model = SVC(break_ties=True).fit(X, y)
    votes, margins = votes_and_margins(model.decision_function(X))
    pairs = list(itertools.combinations(range(len(model.classes_)), 2))
    of_pairs = model.set_params(decision_function_shape="ovo").decision_function(X)
    for label in range(len(model.classes_)):
        decisions = [
            (1 if first == label else -1) * of_pairs[:, i]
            for i, (first, other) in enumerate(pairs)
            if label in (first, other)
        ]
        np.testing.assert_array_equal(votes[:, label], np.sum(np.array(decisions) > 0, axis=0))
        np.testing.assert_allclose(margins[:, label], np.sum(decisions, axis=0), atol=1e-9)


def test_an_svm_is_surer_of_what_it_gets_right():
    """A softmax of its decision function is nearly the same for all clips, so it is useless as a confidence."""
    plain, calibrated = (
        evaluate(TABLE, make_pipeline("svm", calibrate=c), folds=3).data["clips"] for c in (False, True)
    )
    right = [clip["predicted"] == clip["emotion"] for clip in calibrated]
    naive = softmax([list(clip["scores"].values()) for clip in plain], axis=1).max(axis=1)
    confidence = np.array([max(clip["scores"].values()) for clip in calibrated])
    assert np.ptp(np.quantile(naive, [0.1, 0.9])) < 0.1
    assert np.ptp(np.quantile(confidence, [0.1, 0.9])) > 0.2
    assert roc_auc_score(right, confidence) > roc_auc_score(right, naive) + 0.03


class Remembers(LogisticRegression):
    """Records the speakers it was fitted on, and those it predicted."""

    asked: list = []  # noqa: RUF012 - shared by all clones, which is what it is for

    def fit(self, X, y):
        self.heard = set(speakers_of(X))
        return super().fit(X, y)

    def decision_function(self, X):
        Remembers.asked.append((self.heard, set(speakers_of(X))))
        return super().decision_function(X)


def test_inner_folds_share_no_speaker_and_see_all():
    X, y = TABLE.X, TABLE.y
    Remembers.asked.clear()
    fitted = SpeakerCalibratedClassifier(Remembers(), n_folds=3).fit(X, y)
    assert len(Remembers.asked) == 3
    for heard, asked in Remembers.asked:
        assert not heard & asked
        assert heard | asked == set(speakers_of(X))
    assert fitted.estimator_.heard == set(speakers_of(X))


@pytest.mark.parametrize(("balance", "n_speakers"), crossed(BALANCES, [2, 3]))
def test_a_class_of_one_clip_for_each_of_few_speakers(balance, n_speakers):
    frame = TABLE.frame
    first = ~frame.duplicated(["speaker", "emotion"])
    few = first & frame["speaker"].isin([f"s{i:02d}" for i in range(n_speakers)])
    rare = FeatureTable(frame[(frame["emotion"] != "class2") | few], TABLE.feature_names)
    data = evaluate(rare, make_pipeline("svm", balance=balance, calibrate=True)).data
    assert data["per_class"]["class2"]["support"] == n_speakers


def test_what_cannot_be_calibrated_is_one_line():
    two = FeatureTable(TABLE.frame[TABLE.frame["speaker"].isin(["s00", "s01"])], TABLE.feature_names)
    with pytest.raises(ProtocolError, match=r"one speaker only \(s01\) to train on"):
        evaluate(two, make_pipeline(calibrate=True))
    X, y = TABLE.X, TABLE.y.to_numpy()
    labels = np.where(speakers_of(X) == "s00", "a", np.where(speakers_of(X) == "s01", "b", "c"))
    few = np.isin(labels, ["a", "b"])
    with pytest.raises(ProtocolError, match="whichever training speakers are held out, an emotion is missing"):
        SpeakerCalibratedClassifier(make_pipeline("logreg")).fit(X[few], labels[few])
    with pytest.raises(ProtocolError, match="X carries no speakers"):
        SpeakerCalibratedClassifier(make_pipeline("logreg")).fit(X.to_numpy(), y)


@pytest.mark.parametrize("speaker_norm", SPEAKER_NORMS)
def test_the_normaliser_works_inside(speaker_norm):
    (X, y), (unheard, truth) = shifted_speakers(), shifted_speakers(seed=2, prefix="new")
    X, unheard = (mark_enrolment(rows, 8) for rows in (X, unheard))
    pipeline = make_pipeline("logreg", speaker_norm=speaker_norm, calibrate=True).fit(X, y)
    assert pipeline.n_calibrated_ == len(y) - 6 * 8
    probability = pipeline.predict_proba(unheard)
    right = probability[np.arange(len(truth)), np.searchsorted(pipeline.classes_, truth)]
    if speaker_norm != "none":
        assert right.mean() > 0.8
    else:  # hopeless, and it knows: not far from the flip of a coin
        assert abs(right.mean() - 0.5) < 0.1
        assert probability.max() < 0.9


def test_scikit_learn_tools_take_it():
    X, y = TABLE.X, TABLE.y
    pipeline = make_pipeline("logreg", speaker_norm="speaker", calibrate=True)
    assert cross_val_predict(pipeline, X, y, cv=LeaveOneSpeakerOut(), method="predict_proba").shape == (len(X), 3)
    search = GridSearchCV(pipeline, {"estimator__model__C": [0.1, 1.0]}, cv=LeaveOneSpeakerOut())
    protocol = evaluate(TABLE, search, folds=2).data["protocol"]
    assert (protocol["scores_calibrated"], protocol["track"]) == (True, "speaker-normalised")


def test_the_text_says_so():
    assert "SpeakerCalibratedClassifier" in result_text(evaluate(TABLE, make_pipeline("lda", calibrate=True), folds=2))
