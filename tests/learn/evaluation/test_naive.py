"""The wrong protocol is as wrong as it says, and never passes for the score."""

import json

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from prosody_ser import FeatureTable, evaluate, make_pipeline, result_text, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.evaluation.naive import with_naive
from tests.support.schemas import validator
from tests.support.tables import random_table

SCHEMA = validator("result")


@pytest.fixture(scope="module")
def table():
    return random_table(seed=2, n_rows=240, n_speakers=6, signal=0.5)


def both(table, pipeline, **options):
    return with_naive(evaluate(table, pipeline, folds=3), table, pipeline, **options)


def test_it_is_what_a_student_would_write(table):
    """The same in plain scikit-learn and imbalanced-learn, from the docstring."""
    frame = table.frame.copy()
    frame.loc[::7, "x2"] = np.nan
    holes = FeatureTable(frame, table.feature_names)
    X = StandardScaler().fit_transform(SimpleImputer(strategy="median").fit_transform(holes.X))
    X, y = SMOTE(random_state=4).fit_resample(X, holes.y.to_numpy())
    folds = StratifiedKFold(5, shuffle=True, random_state=4)
    predicted = cross_val_predict(RandomForestClassifier(300, random_state=4), X, y, cv=folds)
    naive = both(holes, make_pipeline("rf", seed=4), seed=4).data["naive"]
    assert naive["inflated_uar"] == pytest.approx(balanced_accuracy_score(y, predicted))
    assert naive["inflated_accuracy"] == pytest.approx(accuracy_score(y, predicted))
    assert naive["n_rows"] == len(y)
    assert naive["n_synthetic"] == len(y) - 240
    assert naive["steps_fitted_on_everything"] == ["SimpleImputer", "StandardScaler", "FoldSMOTE"]


def test_noise_that_scores_chance_looks_learned():
    """DESIGN.md: SMOTE before the split scores far above chance on noise, inside the fold chance."""
    noise = random_table(0, n_rows=900, n_speakers=10, shares=(0.55, 0.25, 0.12, 0.08), n_features=20)
    data = both(noise, make_pipeline("svm")).data
    assert data["uar"] == pytest.approx(0.25, abs=0.05)
    assert data["naive"]["inflated_uar"] > 0.7
    assert data["naive"]["inflation_of_uar"] == data["naive"]["inflated_uar"] - data["uar"]


@pytest.mark.parametrize(
    ("model", "balance", "speaker_norm"),
    [("svm", "none", "none"), ("rf", "smote", "speaker"), ("mlp", "class-weight", "none")],
)
def test_the_score_stays_and_the_naive_number_is_marked(table, model, balance, speaker_norm):
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm)
    right = evaluate(table, pipeline, folds=3)
    result = with_naive(right, table, pipeline)
    SCHEMA.validate(result.data)
    naive = result.data["naive"]
    assert {k: v for k, v in result.data.items() if k != "naive"} == right.data
    assert "naive" not in right.data
    assert naive["not_the_score"].startswith("NOT THE SCORE")
    assert not {"uar", "accuracy", "macro_f1"} & set(naive)  # no reader that looks for a score finds one
    assert f"({naive['inflated_uar']:.3f})" in (text := result_text(result))
    assert "NOT THE SCORE" in text


def test_one_seed_one_result(table):
    pipeline = make_pipeline("svm")
    assert both(table, pipeline, seed=3).data == both(table, pipeline, seed=3).data
    assert both(table, pipeline, seed=3).data["naive"] != both(table, pipeline, seed=4).data["naive"]


def test_what_it_cannot_do_is_said(table):
    result = evaluate(table, make_pipeline("svm"), folds=3)
    with pytest.raises(ProtocolError, match="a pipeline of steps, not RandomForestClassifier"):
        with_naive(result, table, RandomForestClassifier())
    few = random_table(n_rows=8, n_speakers=4, shares=(0.5, 0.5))
    with pytest.raises(ProtocolError, match="needs 5 clips of each emotion; one has 4"):
        both(few, make_pipeline("svm"))


def test_what_calibrates_is_left_out(table):
    plain = both(table, make_pipeline("svm")).data["naive"]
    calibrated = both(table, make_pipeline("svm", calibrate=True)).data["naive"]
    assert calibrated["inflated_uar"] == plain["inflated_uar"]


def test_on_the_command_line(cli, table):
    write_table(table, cli.folder / "t.csv")
    done = cli("cv", "t.csv", "--folds", 3, "--naive")
    assert done.status == 0
    assert "right     naive  inflation" in done.out
    assert "NOT THE SCORE" in done.out
    data = json.loads((cli.folder / "result.json").read_text())
    assert f"{data['naive']['inflation_of_uar']:+.3f}" in done.out
    assert cli("cv", "t.csv", "--folds", 3, "--force").status == 0
    assert "naive" not in json.loads((cli.folder / "result.json").read_text())
