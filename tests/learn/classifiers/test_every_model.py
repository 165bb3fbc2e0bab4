"""Every model with every balance, track and split: it is fitted on what it may see, or refused in one line."""

from collections import Counter
from math import prod

import jsonschema
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import FeatureTable, evaluate, importances, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.ensemble import SoftVotingClassifier
from prosody_ser.learn.classifiers.registry import BALANCES, MODELS, balances_of, build
from prosody_ser.learn.evaluation.fitting import fit_folds
from prosody_ser.learn.preprocessing.samplers import FoldADASYN, FoldBorderlineSMOTE, FoldSMOTETomek, FoldUnderSampler
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.splits.split_file import read_split, write_split
from prosody_ser.learn.tuning.spaces import SMALL, SPACES, WIDE
from tests.support.pipelines import Spy, quick_pipeline
from tests.support.schemas import json_schema
from tests.support.tables import acted_table, random_table

SCHEMA = json_schema("result")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SPLITS = ("loso", "3", "2x2", "fixed", "speaker-sentence:2x2", "file")
SAMPLERS = [name for name, how in BALANCES.items() if "sampler" in how]
TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)
N_REPEATS = {"2x2": 2}
N_ENROL = 6


@pytest.fixture(scope="module")
def splits(tmp_path_factory):
    path = tmp_path_factory.mktemp("split") / "s.json"
    write_split(path, TABLE, "fixed:1/1/1", seed=1)
    return {name: name for name in SPLITS} | {"file": read_split(path, TABLE)}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("balance", BALANCES)
@pytest.mark.parametrize("model", MODELS)
def test_every_combination_is_scored_or_refused(splits, model, balance):
    if balance not in balances_of(model):
        with pytest.raises(
            ProtocolError, match=f"{model} knows no class weight; those that do: svm, linear-svm, rf, mlp"
        ):
            make_pipeline(model, balance=balance)
        return
    for speaker_norm, track in SPEAKER_NORMS.items():
        for name, folds in splits.items():
            pipeline = quick_pipeline(model, balance=balance, speaker_norm=speaker_norm)
            data = evaluate(TABLE, pipeline, folds=folds, enrol_clips=N_ENROL).data
            protocol = data["protocol"]
            VALIDATOR.validate(data)
            tested = sum(fold["n_test"] for fold in protocol["folds"])
            assert tested == len(data["clips"]) == np.sum(data["confusion"]["counts"])
            n_enrolled = N_ENROL * 6 if speaker_norm == "enrol" else 0
            assert tested == N_REPEATS.get(name, 1) * (len(TABLE) - n_enrolled) or name in ("fixed", "file")
            assert protocol["track"] == track
            assert ("balance" in [step["name"] for step in protocol["steps"]]) == (balance in SAMPLERS)
            assert protocol["score_kind"] == ("margin" if "svm" in model else "probability")
            for clip in data["clips"]:
                assert max(clip["scores"].values()) == clip["scores"][clip["predicted"]]


def test_only_class_weights_are_ever_refused():
    refused = {(model, balance) for model in MODELS for balance in BALANCES if balance not in balances_of(model)}
    assert refused == {("lda", "class-weight"), ("knn", "class-weight")}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("balance", BALANCES)
def test_models_see_training_clips_when_they_learn_and_test_clips_when_they_predict(splits, balance, split):
    pipeline = make_pipeline("logreg", balance=balance)
    pipeline.steps.insert(0, ("first", Spy("first")))
    pipeline.steps.insert(-1, ("last", Spy("last")))
    for fold in fit_folds(TABLE.X, TABLE.y, pipeline, splits[split]):
        learned = {place: (rows, classes) for place, what, rows, classes in Spy.seen if what == "fit"}
        Spy.seen.clear()
        fold.pipeline.predict(TABLE.X.iloc[fold.test])
        predicted = [rows for _, _, rows, _ in Spy.seen]
        Spy.seen.clear()
        own = Counter(TABLE.y.iloc[fold.train])
        assert learned["first"] == (len(fold.train), own)
        assert predicted == [len(fold.test)] * 2
        rows, classes = learned["last"]
        if balance in ("none", "class-weight"):
            assert (rows, classes) == (len(fold.train), own)
        elif balance == "under":
            assert max(classes.values()) == max(min(own.values()), min(10, max(own.values())))
        elif balance in ("adasyn", "smote-tomek"):  # which round, and clean
            assert set(classes) == set(own)
            assert rows < len(own) * max(own.values()) + 10
        else:
            assert set(classes.values()) == {max(own.values())}


@pytest.mark.parametrize("as_frame", [False, True])
@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("n_rare", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("balance", SAMPLERS)
def test_samplers_survive_small_classes(balance, n_rare, far, as_frame):
    """A class of few clips, amid the others or far from them: ADASYN and Borderline SMOTE give up on the latter."""
    rng = np.random.default_rng(n_rare)
    X = rng.normal(size=(60 + n_rare, 3))
    y = np.array(["many"] * 40 + ["some"] * 20 + ["rare"] * n_rare)
    if far:
        X[y == "rare"] += 100
        X[y == "some"] -= 100
    X = pd.DataFrame(X, columns=["a", "b", "c"]) if as_frame else X
    before = X.copy()
    sampler = build(BALANCES[balance]["sampler"], random_state=3)
    found, named = sampler.fit_resample(X, y)
    assert type(found) is type(X)
    if as_frame:
        assert list(found.columns) == ["a", "b", "c"]
    assert np.array_equal(X, before)
    counts = Counter(named)
    if balance == "under":
        assert counts == {"many": 10, "some": 10, "rare": n_rare}
    elif balance in ("adasyn", "smote-tomek"):
        assert all(30 <= count <= 50 for count in counts.values())
    else:
        assert counts == {"many": 40, "some": 40, "rare": 40}
    again, _ = clone(sampler).fit_resample(X, y)
    assert np.array_equal(found, again)
    if balance not in ("over", "under"):  # new clips lie between old ones of their class
        own, made = np.asarray(X)[y == "rare"], np.asarray(found)[named == "rare"]
        assert (made >= own.min(axis=0) - 1e-9).all()
        assert (made <= own.max(axis=0) + 1e-9).all()


@pytest.mark.parametrize("n_rare", [2, 3, 5])
@pytest.mark.parametrize("balance", SAMPLERS)
def test_a_fold_with_a_rare_class_is_fitted(balance, n_rare):
    """Held out one by one, its clips are down to one in training."""
    frame = TABLE.frame
    order = frame.groupby("emotion").cumcount()
    kept = frame[(frame["emotion"] != "class2") | order.isin(range(n_rare))].copy()
    kept.loc[kept["emotion"] == "class2", "speaker"] = [f"s{i:02d}" for i in range(n_rare)]
    rare = FeatureTable(kept, TABLE.feature_names)
    for model in ("svm", "lda", "knn"):
        assert evaluate(rare, quick_pipeline(model, balance=balance)).data["per_class"]["class2"]["support"] == n_rare


OWN = [
    FoldUnderSampler(),
    FoldBorderlineSMOTE(),
    FoldADASYN(),
    FoldSMOTETomek(),
    SoftVotingClassifier(members=("logreg",)),
]


@parametrize_with_checks(OWN)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_the_ensemble_is_the_mean_of_its_members():
    X, y = TABLE.X.to_numpy(), TABLE.y.to_numpy()
    ensemble = SoftVotingClassifier(members=("logreg", "rf"), random_state=3).fit(X, y)
    alone = [make_pipeline(name, seed=3).named_steps["model"].fit(X, y).predict_proba(X) for name in ("logreg", "rf")]
    np.testing.assert_array_equal(ensemble.predict_proba(X), np.mean(alone, axis=0))


@pytest.mark.parametrize("model", MODELS)
def test_search_spaces_fit_their_model(model):
    """Each value is taken by the pipeline, and the spaces hold what the registry sets."""
    pipeline = make_pipeline(model)
    assert set(SPACES[model]) == {SMALL, WIDE}
    assert prod(len(values) for values in SPACES[model][SMALL].values()) <= 12
    assert prod(len(values) for values in SPACES[model][WIDE].values()) <= 100
    for space in SPACES[model].values():
        for name, values in space.items():
            assert pipeline.get_params()[name] in values
            for value in values:
                fitted = quick_pipeline(model).set_params(**{name: value})
                if name not in ("model__hidden_layer_sizes", "model__alpha", "model__members"):  # slow, and nothing new
                    fitted.fit(TABLE.X, TABLE.y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("model", MODELS)
def test_one_seed_one_result_whatever_the_jobs(tmp_path, model):
    """To the byte, with the warnings that were given elsewhere."""
    for n_jobs in (1, 2, 3):
        pipeline = quick_pipeline(model, balance="smote", speaker_norm="speaker", calibrate=n_jobs > 0, seed=5)
        seen = []
        result = evaluate(TABLE, pipeline, folds=3, seed=5, n_jobs=n_jobs, progress=lambda *now, s=seen: s.append(now))
        result.write(tmp_path / str(n_jobs))
        assert seen == [(1, 3), (2, 3), (3, 3)]
    assert len({(tmp_path / str(n_jobs)).read_bytes() for n_jobs in (1, 2, 3)}) == 1
    if model == "mlp":
        assert sum(result.data["protocol"]["warnings"].values()) >= 3


def test_importances_are_the_same_with_any_number_of_jobs():
    one, two = (importances(TABLE, quick_pipeline("rf"), folds=3, n_repeats=2, n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    with pytest.raises(ProtocolError, match="0 jobs"):
        evaluate(TABLE, make_pipeline("lda"), n_jobs=0)


def test_folds_fitted_elsewhere_are_the_same():
    pair = [
        [fold.pipeline.decision_function(TABLE.X) for fold in fit_folds(TABLE.X, TABLE.y, make_pipeline(), n_jobs=n)]
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(*pair)


USERS_MODULE = """
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier


class Tree(DecisionTreeClassifier):
    pass


class Weightless(DecisionTreeClassifier):
    def __init__(self, random_state=None):
        super().__init__(random_state=random_state)


class Needs(DecisionTreeClassifier):
    def __init__(self, depth):
        super().__init__(max_depth=depth)


class Regressor(BaseEstimator):
    def fit(self, X, y):
        return self


class Plain:
    def fit(self, X, y):
        return self


class Hard(ClassifierMixin, BaseEstimator):
    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self

    def predict(self, X):
        return [self.classes_[0]] * len(X)


number = 3
"""


@pytest.fixture
def users_module(tmp_path, monkeypatch):
    (tmp_path / "my_models.py").write_text(USERS_MODULE)
    (tmp_path / "broken_models.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_users_class_goes_the_same_way(users_module):
    pipeline = make_pipeline("my_models:Tree", balance="class-weight", speaker_norm="speaker", seed=7)
    model = pipeline.named_steps["model"]
    assert (type(model).__name__, model.random_state, model.class_weight) == ("Tree", 7, "balanced")
    one, two = (evaluate(TABLE, pipeline, folds=3, n_jobs=n).data for n in (1, 2))
    jsonschema.validate(one, SCHEMA)
    assert one == two
    hard = evaluate(TABLE, make_pipeline("my_models:Hard"), folds=3).data
    assert (hard["protocol"]["score_kind"], hard["uar"]) == ("none", pytest.approx(1 / 3))
    with pytest.raises(ProtocolError, match="gives neither probabilities nor margins"):
        evaluate(TABLE, make_pipeline("my_models:Hard", calibrate=True), folds=3)
    with pytest.warns(UserWarning, match="takes no random_state: if it draws at random, its scores do not repeat"):
        make_pipeline("my_models:GaussianNB")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:Tree", r"cannot be imported \(ModuleNotFoundError"),
        ("broken_models:Tree", r"cannot be imported \(ZeroDivisionError: division by zero\)"),
        ("my_models:Forest", "my_models has no class 'Forest'"),
        ("my_models:number", "my_models has no class 'number'"),
        ("my_models:", "my_models has no class ''"),
        (":Tree", r"cannot be imported \(ValueError: Empty module name\)"),
        ("my_models:Needs", "cannot be made without arguments .*depth"),
        ("my_models:Regressor", "is no scikit-learn classifier"),
        ("my_models:Plain", "is no scikit-learn classifier"),
    ],
)
def test_a_users_class_that_cannot_be_taken_is_one_line(users_module, path, message):
    with pytest.raises(ProtocolError, match=message) as refused:
        make_pipeline(path)
    assert "\n" not in str(refused.value)
    assert repr(path) in str(refused.value)


def test_a_users_class_without_class_weight_is_told_who_has(users_module):
    with pytest.raises(ProtocolError, match="Weightless knows no class weight; those that do: svm, linear-svm"):
        make_pipeline("my_models:Weightless", balance="class-weight")


@pytest.mark.parametrize("model", MODELS)
def test_every_model_at_its_full_size_finds_a_signal(model):
    table = random_table(seed=2, n_rows=240, n_speakers=6, signal=1.5)
    for speaker_norm in SPEAKER_NORMS:
        result = evaluate(table, make_pipeline(model, speaker_norm=speaker_norm), folds=3)
        assert result.uar > 0.5
        assert result.data["protocol"]["warnings"] == {}
