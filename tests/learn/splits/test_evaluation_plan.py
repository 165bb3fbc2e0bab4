"""A plan made once gives the same results as the calls on a table, and X may hold anything."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from prosody_ser import audit, drop_family, evaluate, importances, make_pipeline, make_tuned_pipeline, train, tune
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.evaluation.p_value import with_permutation_test
from prosody_ser.learn.inspection.in_sample import in_sample
from prosody_ser.learn.splits import evaluation_plan
from prosody_ser.learn.splits.evaluation_plan import EvaluationPlan
from prosody_ser.learn.splits.split_file import write_split
from tests.support.tables import acted_table

TABLE = acted_table(6, rows_each=15, n_features=4, signal=1.0)
TABLE.frame = TABLE.frame.rename(columns={"x0": "f0_mean_st"})
TABLE.feature_names = ("f0_mean_st", *TABLE.feature_names[1:])
LDA = make_pipeline("lda")


def test_a_plan_gives_what_the_same_table_folds_and_seed_give(tmp_path):
    plan = EvaluationPlan.of(TABLE, "3x2", seed=4)
    given = {"folds": "3x2", "seed": 4}
    result = evaluate(plan, LDA)
    assert json.dumps(result.data) == json.dumps(evaluate(TABLE, LDA, **given).data)
    for with_more, options in ((with_permutation_test, {"n_permutations": 2} | given), (with_naive, {"seed": 4})):
        of_plan = {key: value for key, value in options.items() if key not in given}
        assert with_more(result, plan, LDA, **of_plan).data == with_more(result, TABLE, LDA, **options).data
    for look in (importances, drop_family):
        pd.testing.assert_frame_equal(look(plan, LDA), look(TABLE, LDA, **given))
    pd.testing.assert_frame_equal(in_sample(plan, LDA), in_sample(TABLE, LDA))
    assert write_split(tmp_path / "a.json", plan) == write_split(tmp_path / "b.json", TABLE, **given)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert [finding.data for finding in audit(plan)] == result.data["audit"]
    searched = make_tuned_pipeline("lda", space={"model__shrinkage": [0.1, 0.9]})
    assert tune(plan, searched)[0].data == tune(TABLE, searched, **given)[0].data


def test_what_is_asked_of_a_plan_checks_nothing_again(monkeypatch, tmp_path):
    plan = EvaluationPlan.of(TABLE, 3)

    def again(*_):
        raise AssertionError("checked or planned again")

    monkeypatch.setattr(evaluation_plan, "check_protocol", again)
    monkeypatch.setattr(evaluation_plan, "plan_folds", again)
    result = evaluate(plan, LDA)
    with_permutation_test(result, plan, LDA, n_permutations=1)
    importances(plan, LDA, n_repeats=1)
    write_split(tmp_path / "folds.csv", plan)


@pytest.mark.parametrize("given", [{"folds": 3}, {"seed": 2}, {"enrol_clips": 2}])
def test_a_plan_brings_its_own_folds_seed_and_enrolment_clips(given):
    with pytest.raises(ProtocolError, match="a plan has its own"):
        evaluate(EvaluationPlan.of(TABLE, "loso", seed=1), LDA, **given)


class SequenceReader(ClassifierMixin, BaseEstimator):
    """Reads the object in a clip's row, as a network reads a clip's frames."""

    def __init__(self, sequences=None):
        self.sequences = sequences

    def _means(self, X):
        return np.array([np.mean(self.sequences[place]) for place in X["place"]])

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        means = self._means(X)
        self.centres_ = np.array([means[y == label].mean() for label in self.classes_])
        return self

    def predict(self, X):
        return self.classes_[np.abs(self._means(X)[:, None] - self.centres_).argmin(axis=1)]


def test_x_may_be_places_of_sequences():
    rng = np.random.default_rng(0)
    plan = EvaluationPlan.of(TABLE)
    level = {label: 3.0 * number for number, label in enumerate(plan.labels)}
    sequences = {f"clip {i}": rng.normal(level[label], size=5 + i % 7) for i, label in enumerate(plan.y)}
    places = pd.DataFrame({"place": list(sequences)}, index=plan.X.index)
    result = evaluate(plan.giving(places), SequenceReader(sequences))
    assert result.uar > 0.9
    assert result.data["protocol"]["features"] == ["place"]
    assert result.data["audit"] == evaluate(plan, LDA).data["audit"]  # of the table's features
    assert result.data["protocol"]["split_hash"] == evaluate(plan, LDA).data["protocol"]["split_hash"]
    with pytest.raises(ProtocolError, match="has other clips than the plan"):
        plan.giving(places[::-1])


def test_one_pipeline_alongside_is_a_list_of_one():
    other = make_pipeline("lda", speaker_norm="speaker")
    assert evaluate(TABLE, LDA, folds=2, alongside=other).data == evaluate(TABLE, LDA, folds=2, alongside=[other]).data


def test_several_spaces_are_searched():
    grids = [{"model__shrinkage": [0.1]}, {"model__shrinkage": [0.9]}]
    tuned = make_tuned_pipeline("lda", space=grids, inner_folds=2).fit(TABLE.X, TABLE.y)
    assert [candidate["parameters"]["model__shrinkage"] for candidate in tuned.candidates_] == [0.1, 0.9]


def test_what_is_not_a_table_pipeline_or_number_is_refused():
    for make, message in (
        (lambda: evaluate("x", LDA), "'x' is not a feature table"),
        (lambda: evaluate(TABLE.frame, LDA), "type DataFrame is not a feature table: use one from FeatureTable"),
        (lambda: train(EvaluationPlan.of(TABLE, 2), LDA), "type EvaluationPlan is not a feature table: use its attr"),
        (lambda: importances(TABLE, LDA, n_repeats=0), "number of repeats must be a whole number, 1 or more .got 0"),
        (lambda: evaluate(LDA, TABLE), "type Pipeline is not a feature table: use one from read_table"),
        (lambda: audit(None), "None is not a feature table"),
        (lambda: evaluate(TABLE, "svm"), "'svm' is not a pipeline"),
        (lambda: importances(TABLE, SequenceReader), "is not a pipeline"),
        (lambda: in_sample(TABLE, None), "None is not a pipeline"),
        (lambda: with_naive(evaluate(TABLE, LDA), TABLE, "svm"), "is not a pipeline|needs a pipeline of steps"),
        (lambda: make_pipeline(None), "unknown model None"),
        (lambda: make_pipeline(seed="1"), "seed must be a whole number, from 0 to 4294967295 .got '1'"),
        (lambda: evaluate(TABLE, LDA, seed=1.5), "seed must be a whole number, from 0 to 4294967295 .got 1.5"),
        (lambda: evaluate(TABLE, LDA, n_jobs=1.5), "number of jobs must be a whole number, 1 or more .got 1.5"),
        (lambda: evaluate(TABLE, LDA, folds=2.5), "unknown folds 2.5"),
        (lambda: evaluate(TABLE, LDA, folds=None), "unknown folds None"),
    ):
        with pytest.raises(ProtocolError, match=message):
            make()
        with pytest.raises(ValueError, match=message):
            make()
