"""Tuning is nested: it searches on training speakers only, and gives the result of a plain search."""

import json
import pickle
import re
import signal
import subprocess
import sys
import time
from math import prod

import joblib
import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from prosody_ser import FeatureTable, evaluate, make_pipeline, make_tuned_pipeline, result_text, tune, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.calibration import SpeakerCalibratedClassifier
from prosody_ser.learn.classifiers.registry import BALANCES, MODELS, balances_of
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.speakers.enrolment import mark_enrolment
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.grouped import grouped_folds
from prosody_ser.learn.tuning.classifier import SpeakerTunedClassifier
from prosody_ser.learn.tuning.spaces import SELECTION_SPACES, SMALL, SPACES, WIDE, space_of
from prosody_ser.learn.tuning.unwrap import unwrapped
from tests.support.crossed import crossed
from tests.support.pipelines import as_planned, fit_folds, quick_pipeline
from tests.support.processes import PATIENCE_S, children, cpu_s
from tests.support.schemas import validator
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table, random_table

SCHEMA = validator("result")
TABLE = acted_table(rows_each=24, n_sentences=2, n_features=6, signal=1.0)
X, Y = TABLE.X, TABLE.y.to_numpy(dtype=object)
C = {"model__C": (0.01, 0.1, 1.0)}


@pytest.fixture(autouse=True)
def one_thread():
    """Use one thread, because with such small matrices more threads only wait for each other."""
    with threadpool_limits(1):
        yield


def inner_folds(n_folds=3, seed=0):
    fold_of = grouped_folds(Y, speakers_of(X), n_folds, seed)
    return [(np.flatnonzero(fold_of != i), np.flatnonzero(fold_of == i)) for i in range(n_folds)]


def uar(truth, predicted):
    return recall_score(truth, predicted, average="macro", zero_division=0.0)


@parametrize_with_checks(
    [
        SpeakerTunedClassifier(
            LogisticRegression(), {"C": [0.1, 1.0]}, search=search, n_folds=2, without_speakers="pool"
        )
        for search in ("grid", "halving")
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("search", ["grid", "random", "halving"])
def test_it_is_cloned_and_pickled(search):
    tuned = make_tuned_pipeline("logreg", search=search, calibrate=True, select="kbest")
    assert clone(tuned).get_params()["space"] == tuned.space
    tuned.fit(X, Y)
    again = pickle.loads(pickle.dumps(tuned))
    np.testing.assert_array_equal(again.predict_proba(X), tuned.predict_proba(X))
    assert again.best_params_ == tuned.best_params_


class PooledUAR:
    """A scorer for scikit-learn's search: correct predictions by class in each fold, pooled over all folds."""

    def __call__(self, fitted, X, y):
        predicted = fitted.predict(X)
        return {f"right_{c}": np.sum((predicted == y) & (y == c)) for c in np.unique(Y)}

    @staticmethod
    def choose(results):
        return int(np.argmax(PooledUAR.scores(results)))

    @staticmethod
    def scores(results):
        n_folds = sum(name.startswith("split") and name.endswith("class0") for name in results)
        right = [
            sum(results[f"split{i}_test_right_{c}"] for i in range(n_folds)) / np.sum(c == Y) for c in np.unique(Y)
        ]
        return np.mean(right, axis=0)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("svm", {}),
        ("svm", {"balance": "smote", "speaker_norm": "speaker", "select": "kbest"}),
        ("logreg", {"balance": "class-weight", "select": "mi"}),
        ("lda", {"balance": "under", "select": "corr"}),
        ("knn", {"balance": "smote-tomek", "speaker_norm": "speaker"}),
        ("lda", {"select": "rfe"}),
    ],
)
def test_it_finds_what_scikit_learns_search_finds(model, options):
    """The same folds, score and candidates give the same scores and the same final model."""
    pipeline = quick_pipeline(model, **options)
    space = {name: list(values) for name, values in space_of(model, SMALL, options.get("select", "none")).items()}
    theirs = GridSearchCV(pipeline, space, scoring=PooledUAR(), refit=PooledUAR.choose, cv=inner_folds()).fit(X, Y)
    ours = SpeakerTunedClassifier(pipeline, space, n_folds=3).fit(X, Y)
    assert [c["parameters"] for c in ours.candidates_] == theirs.cv_results_["params"]
    np.testing.assert_allclose([c["inner_uar"] for c in ours.candidates_], PooledUAR.scores(theirs.cv_results_))
    assert ours.best_params_ == theirs.best_params_
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("balance", BALANCES)
def test_sharing_steps_changes_no_prediction(balance):
    """Scores equal those of each candidate fitted separately from its first step, pooled over folds."""
    model, values = ("logreg", C) if balance == "class-weight" else ("lda", {"model__shrinkage": (0.1, 0.9)})
    pipeline = make_pipeline(model, balance=balance, select="kbest", speaker_norm="speaker")
    space: dict = {**values, "select__k": (2, 4)}
    if "sampler" in BALANCES[balance]:
        space["balance__random_state"] = (1, 2)
    tuned = SpeakerTunedClassifier(pipeline, space, n_folds=3, seed=1).fit(X, Y)
    for candidate in tuned.candidates_:
        alone = clone(pipeline).set_params(**candidate["parameters"])
        assert candidate["inner_uar"] == pytest.approx(uar(Y, cross_val_predict(alone, X, Y, cv=inner_folds(3, 1))))


class Counting(TransformerMixin, BaseEstimator):
    """Counts its fits and records the speakers."""

    fits: list = []  # noqa: RUF012 - shared by all clones, which is what it is for
    met: set = set()  # noqa: RUF012

    def __init__(self, place="", value=0):
        self.place = place
        self.value = value

    def fit(self, X, y=None):
        Counting.fits.append(self.place)
        self.fitted_ = True
        return self

    def transform(self, X):
        if hasattr(X, "index"):
            Counting.met |= set(speakers_of(X))
        return X


def counted_pipeline():
    Counting.fits.clear()
    Counting.met.clear()
    pipeline = make_pipeline("logreg", select="kbest", balance="smote")
    pipeline.steps.insert(0, ("first", Counting("first")))
    at = [name for name, _ in pipeline.steps].index("select") + 1
    pipeline.steps.insert(at, ("selected", Counting("selected")))
    pipeline.steps.insert(-1, ("last", Counting("last")))
    return pipeline


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        # one fit for each inner fold and distinct way up to the step, and one when the best is fitted on all rows
        (C, {"first": 3, "selected": 3, "last": 3}),
        ({**C, "select__k": (2, 4)}, {"first": 3, "selected": 6, "last": 6}),
        ({**C, "select__k": (2, 4), "balance__k_neighbors": (3, 5)}, {"first": 3, "selected": 6, "last": 12}),
        ({**C, "first__value": (1, 2)}, {"first": 6, "selected": 6, "last": 6}),
        ({**C, "select__k": np.array([2, 4, 5])}, {"first": 3, "selected": 9, "last": 9}),
    ],
)
def test_steps_are_fitted_once_for_all_candidates_that_agree_up_to_them(space, expected):
    SpeakerTunedClassifier(counted_pipeline(), space, n_folds=3).fit(X, Y)
    assert {place: Counting.fits.count(place) for place in expected} == {p: n + 1 for p, n in expected.items()}


def test_a_step_that_works_in_place_spoils_nothing():
    pipeline = make_pipeline("logreg")
    pipeline.set_params(impute__copy=False, scale__copy=False)
    space = {"scale__with_mean": (True, False), "impute__strategy": ("median", "mean"), **C}
    careless = SpeakerTunedClassifier(pipeline, space, n_folds=3).fit(X.copy(), Y)
    careful = SpeakerTunedClassifier(make_pipeline("logreg"), space, n_folds=3).fit(X, Y)
    assert careless.candidates_ == careful.candidates_


def test_held_out_speakers_never_come_to_the_search():
    tuned = SpeakerTunedClassifier(counted_pipeline(), {**C, "select__k": (2, 4)}, n_folds=3)
    for fold in fit_folds(X, Y, tuned):  # fitted one after the other
        assert Counting.met == set(speakers_of(X)[fold.train])
        assert not Counting.met & set(speakers_of(X)[fold.test])
        Counting.met.clear()


@pytest.mark.parametrize(
    ("search", "options"),
    crossed(["grid", "random", "halving"], [{"speaker_norm": "speaker", "select": "kbest"}, {"calibrate": True}]),
)
def test_garbage_in_the_held_out_rows_changes_nothing_that_is_fitted_or_chosen(search, options):
    rng = np.random.default_rng(0)
    tuned = make_tuned_pipeline("lda", search=search, inner_folds=2, balance="over", **options)
    for folds in ("3", "speaker-sentence:2x2"):
        fixed = as_planned(X, TABLE.y, folds)
        clean = next(fit_folds(X, Y, tuned, fixed))
        outside = np.setdiff1d(np.arange(len(X)), clean.train)
        garbage, wrong = X.copy(), Y.copy()
        garbage.iloc[outside] = rng.choice([np.nan, 1e6, -1e6, 0.0], size=(len(outside), X.shape[1]))
        wrong[outside] = rng.permutation(wrong[outside])
        soiled = next(fit_folds(garbage, wrong, tuned, fixed))
        assert joblib.hash(soiled.pipeline) == joblib.hash(clean.pipeline)
        garbage.iloc[clean.train[0]] = 50.0  # and the proof would notice
        assert joblib.hash(next(fit_folds(garbage, Y, tuned, fixed)).pipeline) != joblib.hash(clean.pipeline)


def test_noise_stays_at_chance_outside_while_it_looks_learned_inside():
    """The best of many candidates is above chance on the clips that chose it, but not on held-out speakers."""
    inner, outer = [], []
    for seed in range(3):
        noise = random_table(seed, n_rows=150, n_speakers=6, n_features=10, shares=(0.4, 0.3, 0.3))
        tuned = make_tuned_pipeline("knn", space="wide", inner_folds=3, seed=seed)
        data = evaluate(noise, tuned, folds=3, seed=seed).data
        outer.append(data["uar"])
        inner += [fold["inner_uar"] for fold in data["tuning"]["folds"]]
    assert np.mean(outer) == pytest.approx(1 / 3, abs=0.06)
    assert np.mean(inner) > 1 / 3 + 0.05
    assert np.mean(inner) > np.mean(outer) + 0.04


def quick_tuned(model, **options):
    """Two candidates, the outermost of the small space, of a small model."""
    search = options.pop("search", "grid")
    space = {name: (values[0], values[-1]) for name, values in list(SPACES[model][SMALL].items())[:1]}
    if model == "ensemble":
        space = {"model__weights": ((1, 0, 0), (1, 1, 0))}
    return SpeakerTunedClassifier(quick_pipeline(model, **options), space, search=search, n_folds=2)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("model", "balance"), crossed(FEATURE_MODELS, BALANCES, allowed=lambda m, b: b in balances_of(m))
)
def test_every_combination_is_tuned(model, balance):
    number = list(MODELS).index(model) + list(BALANCES).index(balance)
    search = ("grid", "random", "halving")[number % 3]
    for speaker_norm, track in SPEAKER_NORMS.items():
        tuned = quick_tuned(model, balance=balance, speaker_norm=speaker_norm, search=search)
        if (speaker_norm == "speaker") == number % 2:  # once is enough of all that an evaluation does besides
            marked = mark_enrolment(X, 3) if speaker_norm == "enrol" else X
            for fold in fit_folds(marked, Y, tuned, "fixed"):
                assert fold.pipeline.best_params_ in [c["parameters"] for c in fold.pipeline.candidates_]
                assert set(fold.pipeline.predict(marked.iloc[fold.test])) <= set(Y)
            continue
        # a network stops by training speakers: of the inner folds, too, two must be left
        data = evaluate(TABLE, tuned, folds=3 if MODELS[model].network else 2).data
        SCHEMA.validate(data)
        assert data["protocol"]["track"] == track
        assert data["protocol"]["score_kind"] == ("margin" if model == "best" or "svm" in model else "probability")
        assert [step["name"] for step in data["protocol"]["steps"]][-2:] == ["model", "tune"]
        assert len(data["tuning"]["folds"]) == len(data["protocol"]["folds"])
        for fold in data["tuning"]["folds"]:
            assert fold["best"] in data["tuning"]["candidates"]


@pytest.mark.parametrize("search", ["grid", "random", "halving"])
def test_one_seed_one_result_whatever_the_jobs(tmp_path, search):
    for n_jobs in (1, 2):
        tuned = make_tuned_pipeline(
            "svm", search=search, space=WIDE, inner_folds=2, balance="smote", select="mi", seed=5,
            n_candidates=None if search == "grid" else 5,
        )  # fmt: skip
        tuned.set_params(space={"model__C": (0.3, 3.0), "select__k": (2, 4), "model__gamma": ("scale", 0.01)})
        seen = []
        result, _ = tune(TABLE, tuned, folds=3, seed=5, n_jobs=n_jobs, progress=lambda *now, s=seen: s.append(now))
        result.write(tmp_path / str(n_jobs))
        assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_the_final_model_is_the_same_object_on_all_clips():
    tuned = make_tuned_pipeline("lda", inner_folds=3)
    result, final = tune(TABLE, tuned, folds=3)
    alone = clone(tuned).fit(X, Y)
    assert result.data["tuning"]["final"] == {"best": alone.best_params_, "inner_uar": alone.best_score_}
    np.testing.assert_array_equal(final.predict_proba(X), alone.predict_proba(X))
    assert not hasattr(tuned, "best_params_")
    plain = evaluate(TABLE, tuned, folds=3).data
    assert plain["tuning"] == result.data["tuning"] | {"final": None}
    assert {k: v for k, v in plain.items() if k != "tuning"} == {k: v for k, v in result.data.items() if k != "tuning"}
    with pytest.raises(
        ProtocolError, match="Pipeline does not search its parameters: use a pipeline from make_tuned_pipeline"
    ):
        tune(TABLE, make_pipeline("lda"))


def test_a_random_search_draws_within_its_seed():
    def drawn(seed, n=5, space=None):
        tuned = make_tuned_pipeline("svm", search="random", n_candidates=n, space=space or WIDE, seed=seed)
        return [c["parameters"] for c in tuned.set_params(n_folds=2).fit(X, Y).candidates_]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert len({str(c) for c in drawn(1)}) == 5
    every = prod(len(values) for values in SPACES["svm"][SMALL].values())
    assert len(drawn(1, 100, SMALL)) == every
    continuous = drawn(3, 4, {"model__C": loguniform(0.01, 10)})
    assert all(0.01 <= c["model__C"] <= 10 for c in continuous)
    data = evaluate(TABLE, make_tuned_pipeline("svm", search="random", n_candidates=2,
                                               space={"model__C": loguniform(0.01, 10)}), folds=2).data  # fmt: skip
    assert json.loads(json.dumps(data["tuning"])) == data["tuning"]
    assert " at 0x" not in json.dumps(data["protocol"]["steps"])


def test_halving_drops_the_worse_half_after_each_fold():
    space = {"model__C": (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0)}
    pipeline = make_pipeline("logreg")
    halved = SpeakerTunedClassifier(pipeline, space, search="halving", n_folds=4).fit(X, Y)
    grid = SpeakerTunedClassifier(pipeline, space, n_folds=4).fit(X, Y)
    assert sorted(c["n_folds"] for c in halved.candidates_) == [1, 1, 1, 1, 2, 2, 4, 4]
    assert {c["n_folds"] for c in grid.candidates_} == {4}
    for ours, full in zip(halved.candidates_, grid.candidates_, strict=True):
        if ours["n_folds"] == 4:
            assert ours == full
    # by hand: the pooled UAR over the folds so far
    predictions = [cross_val_predict(clone(pipeline).set_params(**c["parameters"]), X, Y, cv=inner_folds(4))
            for c in halved.candidates_]  # fmt: skip
    alive, rows = list(range(8)), np.empty(0, dtype=int)
    for number, (_, test) in enumerate(inner_folds(4)):
        rows = np.concatenate([rows, test])
        kept = max(2, len(alive) // 2)
        alive = sorted(sorted(alive, key=lambda i: (-uar(Y[rows], predictions[i][rows]), i))[:kept])
        after = number + 2
        if after <= 4:
            assert alive == [i for i, c in enumerate(halved.candidates_) if c["n_folds"] >= after]
    assert halved.best_score_ == max(c["inner_uar"] for c in halved.candidates_ if c["n_folds"] == 4)


def test_calibrated_inside_or_outside():
    """The search runs on the pipeline inside the calibrator, which changes no decision; the other order works too."""
    plain, inside = (make_tuned_pipeline("svm", inner_folds=3, calibrate=c) for c in (False, True))
    one, two = (evaluate(TABLE, tuned, folds=3).data for tuned in (plain, inside))
    assert [c["predicted"] for c in one["clips"]] == [c["predicted"] for c in two["clips"]]
    assert one["tuning"] == two["tuning"]
    assert (one["protocol"]["scores_calibrated"], two["protocol"]["scores_calibrated"]) == (False, True)
    assert two["protocol"]["score_kind"] == "probability"
    assert [step["name"] for step in two["protocol"]["steps"]][-3:] == ["model", "calibrate", "tune"]
    outside = SpeakerCalibratedClassifier(plain, n_folds=3)
    three = evaluate(TABLE, outside, folds=3).data
    SCHEMA.validate(three)
    assert [c["predicted"] for c in three["clips"]] == [c["predicted"] for c in one["clips"]]
    assert three["protocol"]["scores_calibrated"]
    assert [step["name"] for step in three["protocol"]["steps"]][-3:] == ["model", "tune", "calibrate"]
    fitted = inside.fit(X, Y)
    assert fitted.best_params_["model__C"] == unwrapped(fitted).named_steps["model"].C
    assert outside.fit(X, Y).estimator_.best_params_["model__C"] == unwrapped(outside).named_steps["model"].C


def test_the_calibrator_is_fitted_for_the_best_alone():
    tuned = SpeakerTunedClassifier(SpeakerCalibratedClassifier(counted_pipeline(), n_folds=3), C, n_folds=3).fit(X, Y)
    assert Counting.fits.count("first") == 3 + 1 + 3
    assert (tuned.best_estimator_.weights_ > 0).all()


def test_the_naive_protocol_sees_through():
    plain = make_pipeline("lda")
    tuned = make_tuned_pipeline("lda", inner_folds=2, calibrate=True)
    naive = [with_naive(evaluate(TABLE, p, folds=2), TABLE, p).data["naive"] for p in (plain, tuned)]
    assert naive[0]["inflated_uar"] == naive[1]["inflated_uar"]


def test_inner_folds_that_lack_an_emotion_are_left_out_or_refused():
    rare = (Y != "class2") | np.isin(speakers_of(X), ["s00"])
    tuned = SpeakerTunedClassifier(make_pipeline("logreg"), C, n_folds=3).fit(X[rare], Y[rare])
    assert (tuned.n_folds_, tuned.n_folds_lacking_) == (2, 1)
    assert set(tuned.classes_) == {"class0", "class1", "class2"}
    frame = TABLE.frame
    few = FeatureTable(
        frame[(frame["emotion"] != "class2") | frame["speaker"].isin(["s00", "s01"])], TABLE.feature_names
    )
    note = evaluate(few, make_tuned_pipeline("logreg", inner_folds=3)).data["tuning"]["note"]
    assert "an emotion was missing from their training part: 2." in note
    labels = np.where(speakers_of(X) == "s00", "a", "b")
    two = np.isin(speakers_of(X), ["s00", "s01"])
    with pytest.raises(ProtocolError, match="nothing can be tuned: whichever training speakers are held out"):
        clone(tuned).fit(X[two], labels[two])
    with pytest.raises(ProtocolError, match=r"nothing can be tuned: there is one speaker only \(s00\)"):
        clone(tuned).fit(X[labels == "a"], Y[labels == "a"])
    with pytest.raises(ProtocolError, match="X carries no speakers"):
        clone(tuned).fit(X.to_numpy(), Y)


def test_a_candidate_that_cannot_be_fitted_is_left_out():
    tuned = SpeakerTunedClassifier(make_pipeline("knn"), {"model__n_neighbors": (100000, 3)}, n_folds=2)
    with pytest.warns(
        UserWarning, match=r"the candidate \{'model__n_neighbors': 100000\} is left out .*: Expected n_neigh"
    ):
        tuned.fit(X, Y)
    assert tuned.candidates_[0] == {"parameters": {"model__n_neighbors": 100000}, "inner_uar": None, "n_folds": 0}
    assert tuned.best_params_ == {"model__n_neighbors": 3}
    with pytest.raises(ValueError, match="Expected n_neighbors"):
        tuned.set_params(space={"model__n_neighbors": (100000,)}).fit(X, Y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"search": "bayes"}, "unknown search 'bayes'; choose from grid, random, halving"),
        ({"space": "huge"}, "unknown space 'huge'; choose from small, wide"),
        ({"model": "tcn"}, "unknown model 'tcn'"),
        ({"model": "sklearn.naive_bayes:GaussianNB"}, "there is no search space for the model 'sklearn.naive_bayes"),
        ({"n_candidates": 5}, "a grid search tries all candidates"),
        ({"n_candidates": 0, "search": "random"}, r"candidates must be at least 1 \(got 0\)"),
        ({"space": {}, "search": "random"}, "the search space is empty"),
        ({"space": {"model__C": 3}}, "the search space cannot be used"),
        ({"space": {"model__C": ()}}, "the search space cannot be used"),
    ],
)
@pytest.mark.filterwarnings("ignore:model 'sklearn.naive_bayes")
def test_what_cannot_be_searched_is_one_line(options, message):
    with pytest.raises(ProtocolError, match=message) as refused:
        make_tuned_pipeline(**options)
    assert "\n" not in str(refused.value)


def test_a_wrong_name_is_refused_before_anything_is_fitted():
    tuned = SpeakerTunedClassifier(counted_pipeline(), {"model__C": (1.0,), "model__gama": (1, 2)})
    with pytest.raises(
        ProtocolError, match="the search space has model__gama, but the pipeline has no parameter of this name"
    ):
        tuned.fit(X, Y)
    assert not Counting.fits
    with pytest.raises(ProtocolError, match=r"inner folds must be at least 2 \(got 1\)"):
        SpeakerTunedClassifier(make_pipeline(), C, n_folds=1).fit(X, Y)


def test_spaces_of_a_selection_are_searched_where_no_number_is_given():
    assert make_tuned_pipeline("svm", select="kbest:3").space == SPACES["svm"][SMALL]
    for name, spaces in SELECTION_SPACES.items():
        for size in (SMALL, WIDE):
            space = make_tuned_pipeline("lda", select=name, space=size).space
            assert space == SPACES["lda"][size] | spaces[size]
            pipeline = make_pipeline("lda", select=name)
            (parameter,) = spaces[size]
            assert pipeline.get_params()[parameter] in spaces[size][parameter]
            for value in spaces[size][parameter]:
                clone(pipeline).set_params(**{parameter: value}).fit(X, Y)


def test_on_the_command_line(cli):
    write_table(TABLE, cli.folder / "t.csv")
    done = cli(
        "tune", "t.csv", "--model", "lda", "--folds", 3, "--inner-folds", 2, "--select", "kbest", "--out", "r.json"
    )
    assert (done.status, done.err.count("\n")) == (0, done.err.count("these columns are used as features"))
    data = json.loads((cli.folder / "r.json").read_text())
    SCHEMA.validate(data)
    assert re.search(rf"^UAR +{data['uar']:.3f} ", done.out, re.MULTILINE)
    assert f"(inner UAR {data['tuning']['final']['inner_uar']:.3f})" in done.out
    assert "grid search over 15 candidates (small space), 2 inner folds" in done.out
    assert "number searched in each fold" in done.out
    again = evaluate(TABLE, make_tuned_pipeline("lda", inner_folds=2, select="kbest"), folds=3).data
    assert again["tuning"]["folds"] == data["tuning"]["folds"]
    assert cli("tune", "t.csv", "--search", "bayes").err.startswith("prosody-ser: unknown search 'bayes'")
    assert cli("tune", "t.csv", "--space", "huge").status == 2
    assert cli("tune", "t.csv", "--out", "t.csv").status == 2
    random = cli("tune", "t.csv", "--model", "lda", "--search", "random", "--candidates", 2, "--folds", 2, "--jobs", 2)
    assert "random search over 2 candidates" in random.out
    listed = cli("models").out
    assert "search small: model__shrinkage" in listed
    assert "select__k" in listed


def test_the_text_tells_inner_and_outer():
    data = evaluate(TABLE, make_tuned_pipeline("lda", inner_folds=2), folds="loso")
    text = result_text(data)
    for fold, (speaker, row) in zip(data.data["tuning"]["folds"], data.data["per_speaker"].items(), strict=True):
        assert data.data["protocol"]["folds"][fold["fold"]]["test_speakers"] == [speaker]
        assert f"{fold['fold'] + 1:<4d}  {fold['inner_uar']:9.3f}  {row['uar']:9.3f}  shrinkage=" in text


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc to see the workers fit")
def test_ctrl_c_stops_it_cleanly(tmp_path):
    many = acted_table(10, rows_each=60, n_features=60)
    write_table(many, tmp_path / "t.csv")
    (tmp_path / "result.json").write_text("old")
    command = [sys.executable, "-m", "prosody_ser", "tune", "t.csv", "--model", "rf", "--space", "wide", "--force"]
    run = subprocess.Popen(
        [*command, "--jobs", "2"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    while run.poll() is None and sum(cpu_s(pid) > 5 for pid in children(run.pid)) < 2:
        time.sleep(0.02)  # until both workers are past their imports, and fit
    assert run.poll() is None
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert (tmp_path / "result.json").read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".", "result.json."))]
