"""The normaliser works inside every scikit-learn tool, also on test folds; our estimators keep to the contract."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import SpeakerNormalizer
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.mlp import WeightedMLPClassifier
from prosody_ser.learn.preprocessing.samplers import FoldSMOTE
from prosody_ser.learn.splits.splitters import LeaveOneSpeakerOut, SpeakerKFold
from tests.support.tables import shifted_speakers


@parametrize_with_checks(
    [
        SpeakerNormalizer(without_speakers="pool"),
        SpeakerNormalizer("enrol", without_speakers="pool"),
        WeightedMLPClassifier(max_iter=50),
        FoldSMOTE(),
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


X, Y = shifted_speakers()
MODEL = make_pipeline(SpeakerNormalizer(), LogisticRegression())


def test_without_normalisation_the_score_is_low():
    score = cross_validate(LogisticRegression(), X, Y, cv=LeaveOneSpeakerOut())["test_score"].mean()
    assert score < 0.6


@pytest.mark.parametrize("splitter", [LeaveOneSpeakerOut(), SpeakerKFold(3)])
def test_cross_val_predict_normalises_test_speakers(splitter):
    assert (cross_val_predict(MODEL, X, Y, cv=splitter) == Y).mean() > 0.95


def test_cross_validate_normalises_test_speakers():
    scores = cross_validate(MODEL, X, Y, cv=LeaveOneSpeakerOut(), scoring="balanced_accuracy")["test_score"]
    assert scores.min() > 0.9


def test_grid_search_normalises_test_speakers():
    search = GridSearchCV(MODEL, {"logisticregression__C": [0.1, 1.0]}, cv=LeaveOneSpeakerOut()).fit(X, Y)
    assert search.best_score_ > 0.95
    unheard, y = shifted_speakers(seed=1, prefix="new")
    assert search.score(unheard, y) > 0.95


def test_calibration_normalises_test_speakers():
    calibrated = CalibratedClassifierCV(MODEL, cv=LeaveOneSpeakerOut(), ensemble=False).fit(X, Y)
    unheard, y = shifted_speakers(seed=2, prefix="new")
    assert (calibrated.predict(unheard) == y).mean() > 0.95
    assert calibrated.predict_proba(unheard).max(axis=1).mean() > 0.8


def test_permutation_importance_normalises_test_speakers():
    unheard, y = shifted_speakers(seed=3, prefix="new")
    importance = permutation_importance(clone(MODEL).fit(X, Y), unheard, y, n_repeats=3, random_state=0)
    assert importance.importances_mean[0] > 0.3
    assert abs(importance.importances_mean[1]) < 0.05


@pytest.mark.parametrize("lost", [X.to_numpy(), X.reset_index(drop=True)])
def test_lost_speakers_are_an_error_not_a_silence(lost):
    with pytest.raises(ProtocolError, match="carries no speakers"):
        SpeakerNormalizer().fit(lost)
    with pytest.raises(ProtocolError, match="carries no speakers"):
        SpeakerNormalizer().fit(X).transform(lost)
    with pytest.raises(ProtocolError, match="carries no speakers"):
        list(LeaveOneSpeakerOut().split(lost, Y))


def test_each_speaker_becomes_standard():
    out = SpeakerNormalizer().set_output(transform="pandas").fit(X).transform(X)
    assert out.index.equals(X.index)
    assert list(out.columns) == list(SpeakerNormalizer().fit(X).get_feature_names_out()) == ["a", "noise"]
    grouped = out.groupby(level="speaker")
    np.testing.assert_allclose(grouped.mean(), 0, atol=1e-9)
    np.testing.assert_allclose(grouped.std(ddof=0), 1)


def test_a_known_speaker_keeps_the_statistics_of_training():
    norm = SpeakerNormalizer().fit(X)
    some = X.iloc[:5]  # five clips of a speaker met in fit
    np.testing.assert_allclose(norm.transform(some), norm.transform(X)[:5])


def test_folds_that_divide_a_speaker_raise_a_warning():
    with pytest.warns(UserWarning, match="speaker .* `fit` had other clips of the same speaker"):
        cross_val_predict(MODEL, X, Y, cv=KFold(3, shuffle=True, random_state=0))
    norm = SpeakerNormalizer().fit(X.iloc[::2])
    with pytest.warns(UserWarning, match="the folds divide the speaker"):
        norm.transform(X.iloc[1::2])
    norm.transform(X.iloc[::4])  # clips that `fit` had raise no warning
    norm.transform(shifted_speakers(seed=1, prefix="new")[0])


def test_what_has_no_deviation_is_undefined_and_what_is_constant_is_zero():
    index = pd.MultiIndex.from_arrays([["p", "p", "p", "q"]], names=["speaker"])
    frame = pd.DataFrame({"constant": [0.1, 0.1, 0.1, 7], "gaps": [1, np.nan, 3, 4.0]}, index=index)
    out = SpeakerNormalizer().fit(frame).transform(frame)
    np.testing.assert_array_equal(out[:3, 0], 0)
    np.testing.assert_allclose(out[:3, 1], [-1, np.nan, 1])
    assert np.isnan(out[3]).all()  # one clip has no deviation from its own mean
