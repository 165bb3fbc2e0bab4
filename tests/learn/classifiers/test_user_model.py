"""A user's own classifier, given as module:Class."""

import os
import subprocess
import sys

import pytest
from sklearn.cluster import KMeans
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from prosody_ser import evaluate, make_pipeline, make_tuned_pipeline
from prosody_ser.errors import ProtocolError
from tests.support.schemas import validator
from tests.support.tables import acted_table

SCHEMA = validator("result")
TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


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
    SCHEMA.validate(one)
    assert one == two
    hard = evaluate(TABLE, make_pipeline("my_models:Hard"), folds=3).data
    assert (hard["protocol"]["score_kind"], hard["uar"]) == ("none", pytest.approx(1 / 3))
    with pytest.raises(ProtocolError, match="gives neither probabilities nor margins"):
        evaluate(TABLE, make_pipeline("my_models:Hard", calibrate=True), folds=3)
    with pytest.warns(
        UserWarning, match="has no random_state: if it uses random numbers, its scores differ between runs"
    ):
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
        ("my_models:Needs", "cannot be created without arguments .*depth"),
        ("my_models:Regressor", "is not a scikit-learn classifier"),
        ("my_models:Plain", "is not a scikit-learn classifier"),
    ],
)
def test_a_users_class_that_cannot_be_taken_is_one_line(users_module, path, message):
    with pytest.raises(ProtocolError, match=message) as refused:
        make_pipeline(path)
    assert "\n" not in str(refused.value)
    assert repr(path) in str(refused.value)


def test_a_users_class_without_class_weight_is_told_who_has(users_module):
    with pytest.raises(
        ProtocolError, match=r"Weightless has no class weight: .* one of these models: best, svm, linear-svm"
    ):
        make_pipeline("my_models:Weightless", balance="class-weight")


def test_a_file_of_the_users_does_not_stand_in_for_a_librarys_module(tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong random')\n")
    (tmp_path / "my_models.py").write_text(
        "import random\nfrom sklearn.tree import DecisionTreeClassifier as Tree\nrandom.random()\n"
    )
    code = (
        "import sys; sys.path.remove('')\n"  # which -c puts first, and the command line's script does not
        "from prosody_ser.learn.classifiers.user_model import load_classifier\n"
        "sys.modules.pop('random', None)\n"
        "load_classifier('my_models:Tree')\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)


def test_an_own_instance_goes_the_same_way():
    own = DecisionTreeClassifier(max_depth=3)
    pipeline = make_pipeline(own, balance="class-weight", speaker_norm="speaker", seed=7)
    model = pipeline.named_steps["model"]
    assert (model.max_depth, model.random_state, model.class_weight) == (3, 7, "balanced")
    assert own.get_params() == DecisionTreeClassifier(max_depth=3).get_params()  # unchanged
    assert make_pipeline(DecisionTreeClassifier(random_state=5)).named_steps["model"].random_state == 5
    by_name = make_pipeline("sklearn.tree:DecisionTreeClassifier", seed=7)
    assert evaluate(TABLE, make_pipeline(DecisionTreeClassifier(), seed=7)).data == evaluate(TABLE, by_name).data
    tuned = make_tuned_pipeline(own, space={"model__max_depth": [1, 3]}, inner_folds=2)
    assert tuned.fit(TABLE.X, TABLE.y).best_params_["model__max_depth"] in (1, 3)


def test_an_own_instance_that_does_not_fit_is_refused():
    with pytest.raises(ProtocolError, match="model DecisionTreeRegressor is not a scikit-learn classifier"):
        make_pipeline(DecisionTreeRegressor())
    with pytest.raises(ProtocolError, match="KNeighborsClassifier has no class weight"):
        make_pipeline(KNeighborsClassifier(), balance="class-weight")
    with pytest.raises(ProtocolError, match="there is no search space for the model"):
        make_tuned_pipeline(KNeighborsClassifier())
    for model, kind in ((DecisionTreeRegressor(), "regressor"), (KMeans(2), "clusterer")):
        with pytest.raises(ProtocolError, match=f"the pipeline ends with a {kind}"):
            evaluate(TABLE, make_pipeline("lda").set_params(model=model))
