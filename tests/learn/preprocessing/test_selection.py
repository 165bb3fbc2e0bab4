"""Features are chosen on training clips only, as in scikit-learn, and the stability of the choice is reported."""

import json

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_selection import RFE, SelectKBest, f_classif, mutual_info_classif
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import FeatureTable, evaluate, make_pipeline, make_tuned_pipeline, result_text, write_table
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.registry import BALANCES
from prosody_ser.learn.evaluation.selection_stability import selection_block, stability
from prosody_ser.learn.preprocessing.selection import (
    SELECTIONS,
    BestFeatures,
    EliminatedFeatures,
    UncorrelatedFeatures,
    make_selector,
)
from tests.support.pipelines import as_planned, fit_folds
from tests.support.schemas import validator
from tests.support.tables import acted_table

SCHEMA = validator("result")
TABLE = acted_table(rows_each=24, n_sentences=2, n_features=12, signal=1.0)
X, Y = TABLE.X, TABLE.y.to_numpy(dtype=object)
WAYS = ("kbest:3", "mi:3", "rfe:3", "corr:0.1", "kbest", "kbest:0.5")


@parametrize_with_checks(
    [
        BestFeatures(),
        BestFeatures(criterion="mutual-information", random_state=0),
        EliminatedFeatures(),
        UncorrelatedFeatures(),
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def correlated(n_rows=200, seed=0):
    """Correlated columns: b and c follow a, e follows d, f is independent, and g is -a."""
    rng = np.random.default_rng(seed)
    a, d, f = rng.normal(size=(3, n_rows))
    noise = 0.1 * rng.normal(size=(4, n_rows))
    named = {"a": a, "b": a + noise[0], "c": 3 * a + noise[1], "d": d, "e": d + noise[2], "f": f, "g": -a + noise[3]}
    return pd.DataFrame(named)


def test_of_features_that_go_together_the_first_stays():
    frame = correlated()
    assert list(UncorrelatedFeatures(0.9).fit(frame).get_feature_names_out()) == ["a", "d", "f"]
    turned = frame[["g", "e", "f", "d", "c", "b", "a"]]
    assert list(UncorrelatedFeatures(0.9).fit(turned).get_feature_names_out()) == ["g", "e", "f"]
    assert UncorrelatedFeatures(1.0).fit(frame.assign(h=frame["a"] * 2 + 5)).get_support().all()


@pytest.mark.parametrize("threshold", [0.05, 0.2, 0.5, 0.9])
def test_no_two_that_stay_correlate_more_and_each_that_goes_has_one_before_it(threshold):
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, 25)) @ rng.normal(size=(25, 25)) * rng.uniform(0.01, 100, size=25) + 5
    kept = UncorrelatedFeatures(threshold).fit(values).get_support()
    r = np.abs(np.corrcoef(values, rowvar=False))
    np.fill_diagonal(r, 0)
    assert r[np.ix_(kept, kept)].max(initial=0) <= threshold
    for gone in np.flatnonzero(~kept):
        assert r[gone, : gone + 1][kept[: gone + 1]].max() > threshold


def test_a_constant_feature_has_no_correlation():
    frame = correlated().assign(nothing=3.0, again=3.0)
    kept = UncorrelatedFeatures(0.9).fit(frame).get_feature_names_out()
    assert list(kept) == ["a", "d", "f", "nothing", "again"]


@pytest.mark.parametrize("k", [1, 4, 12, 0.25])
def test_they_are_scikit_learns(k):
    values, number = X.to_numpy(), 3 if k == 0.25 else k
    anova = SelectKBest(f_classif, k=number).fit(values, Y).get_support()
    np.testing.assert_array_equal(BestFeatures(k).fit(values, Y).get_support(), anova)
    scores = mutual_info_classif(values, Y, random_state=2)
    informed = BestFeatures(k, "mutual-information", random_state=2).fit(values, Y).get_support()
    assert set(np.flatnonzero(informed)) == set(np.argsort(-scores)[:number])
    linear = LinearSVC(C=0.01, max_iter=20000, random_state=4)
    eliminated = RFE(linear, n_features_to_select=number, step=0.1).fit(values, Y).get_support()
    np.testing.assert_array_equal(EliminatedFeatures(k, random_state=4).fit(values, Y).get_support(), eliminated)


@pytest.mark.parametrize("select", ["kbest:1", "mi:1", "rfe:1"])
def test_the_feature_that_carries_the_emotion_is_chosen(select):
    assert list(make_selector(select).fit(X, Y).get_feature_names_out()) == ["x0"]


def test_a_constant_feature_is_taken_last():
    frame = X.assign(x5=2.0, x6=0.0)
    kept = BestFeatures(10).fit(frame, Y).get_feature_names_out()
    assert {"x5", "x6"} & set(kept) == set()
    assert BestFeatures(12).fit(frame, Y).get_support().all()


@pytest.mark.parametrize("balance", ["none", "class-weight", "smote"])
@pytest.mark.parametrize("select", WAYS)
def test_it_stands_between_scaling_and_balancing_and_keeps_names(select, balance):
    pipeline = make_pipeline("svm", select=select, balance=balance, speaker_norm="speaker")
    names = [name for name, _ in pipeline.steps]
    assert names[:4] == ["speaker_norm", "impute", "scale", "select"]
    assert names[4:] == (["balance", "model"] if "sampler" in BALANCES[balance] else ["model"])
    pipeline[:4].set_output(transform="pandas")
    pipeline.fit(X, Y)
    kept = pipeline[:4].get_feature_names_out()
    assert set(kept) <= set(TABLE.feature_names)
    shown = pipeline[:4].transform(X)
    assert list(shown.columns) == list(kept)
    assert shown.index.equals(X.index)
    assert clone(pipeline).get_params()["select"].get_params() == pipeline.named_steps["select"].get_params()


@pytest.mark.parametrize("select", WAYS)
def test_garbage_in_the_held_out_rows_changes_no_choice(select):
    rng = np.random.default_rng(0)
    for folds in ("3", "fixed", "speaker-sentence:2x2"):
        fixed = as_planned(X, TABLE.y, folds)
        pipeline = make_pipeline("lda", select=select, balance="smote")
        clean = next(fit_folds(X, Y, pipeline, fixed))
        outside = np.setdiff1d(np.arange(len(X)), clean.train)
        garbage, wrong = X.copy(), Y.copy()
        garbage.iloc[outside] = rng.choice([np.nan, 1e6, -1e6, 0.0], size=(len(outside), X.shape[1]))
        wrong[outside] = rng.permutation(wrong[outside])
        soiled = next(fit_folds(garbage, wrong, pipeline, fixed))
        assert joblib.hash(soiled.pipeline) == joblib.hash(clean.pipeline)


def test_noise_stays_at_chance():
    """Five of 400 noise features are chosen by the emotions; chosen on all clips, they would look like a signal."""
    uar, leaking = [], []
    for seed in range(3):
        noise = acted_table(6, rows_each=20, n_features=400, seed=seed, shares=(0.4, 0.3, 0.3))
        uar.append(evaluate(noise, make_pipeline("lda", select="kbest:5"), folds=3).uar)
        names = BestFeatures(5).fit(noise.X, noise.y).get_feature_names_out()
        leaking.append(evaluate(FeatureTable(noise.frame, tuple(names)), make_pipeline("lda"), folds=3).uar)
    assert np.mean(uar) == pytest.approx(1 / 3, abs=0.07)
    assert np.mean(leaking) > np.mean(uar) + 0.1


@pytest.mark.parametrize("select", WAYS)
def test_the_result_says_what_was_chosen(tmp_path, select):
    for n_jobs in (1, 2):
        result = evaluate(TABLE, make_pipeline("lda", select=select, seed=3), folds=3, n_jobs=n_jobs)
        result.write(tmp_path / str(n_jobs))
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    SCHEMA.validate(result.data)
    assert "0x" not in json.dumps(result.data["protocol"]["steps"])  # no address of an object
    block = result.data["selection"]
    masks = [
        fold.pipeline["select"].get_support()
        for fold in fit_folds(X, TABLE.y, make_pipeline("lda", select=select, seed=3), 3)
    ]
    share = dict(zip(TABLE.feature_names, np.mean(masks, axis=0), strict=True))
    assert {row["feature"]: row["share_of_folds"] for row in block["features"]} == {f: s for f, s in share.items() if s}
    assert block["n_features_mean"] == pytest.approx(np.sum(masks) / 3)
    assert block["stability"] == stability(masks)
    assert block["features"][0]["share_of_folds"] == 1
    text = result_text(result)
    assert block["method"] in text
    assert f"stability {block['stability']:.3f} ({block['stability_measure']}; 1:" in text


def test_without_selection_there_is_no_note():
    data = evaluate(TABLE, make_pipeline("lda"), folds=2).data
    assert not {"selection", "tuning"} & set(data)


def test_a_calibrated_and_a_tuned_pipeline_tell_too():
    plain, calibrated = (
        evaluate(TABLE, make_pipeline("lda", select="kbest:3", calibrate=c), folds=3).data["selection"]
        for c in (False, True)
    )
    assert plain == calibrated
    tuned = evaluate(TABLE, make_tuned_pipeline("lda", select="kbest", inner_folds=2), folds=3).data
    assert tuned["selection"]["method"] == "best by ANOVA F: number searched in each fold"
    chosen = [fold["best"]["select__k"] for fold in tuned["tuning"]["folds"]]
    assert tuned["selection"]["n_features_mean"] == pytest.approx(np.mean([round(12 * k) for k in chosen]))


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        # shares 1, 2/3, 1/3, 0; 3/2 * p(1-p): 0, 1/3, 1/3, 0, mean 1/6; k = 2 of 4, so 1 - (1/6) / (1/4)
        ([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0]], 1 / 3),
        # two fits without a feature in common: 2 * 1/4 for each of two, over 1/4: the least of two fits
        ([[1, 0], [0, 1]], -1.0),
        # shares 1, 1/2, 0; 2 * 1/4 for one of three: 1/6; k = 1.5 of 3: 1 - (1/6) / (1/4)
        ([[1, 1, 0], [1, 0, 0]], 1 / 3),
        ([[1, 0, 1], [1, 0, 1], [1, 0, 1]], 1.0),
        ([[1, 0, 1]], None),
        ([[1, 1], [1, 1]], None),
        ([[0, 0], [0, 0]], None),
    ],
)
def test_stability_by_hand(masks, expected):
    assert stability(masks) == (None if expected is None else pytest.approx(expected))


def test_stability_is_about_nothing_for_random_choices_whatever_their_number():
    rng = np.random.default_rng(0)
    for k in (5, 50, 95):
        drawn = [rng.permutation(100) < k for _ in range(200)]
        assert stability(drawn) == pytest.approx(0, abs=0.02)
    many = [rng.random(30) < 0.4 for _ in range(20)]
    assert stability(many) == pytest.approx(stability(np.array(many)[:, rng.permutation(30)]))


def test_the_block_orders_by_share_then_by_table():
    block = selection_block("x", [[0, 1, 1, 0], [1, 0, 1, 0]], ["a", "b", "c", "d"])
    assert [row["feature"] for row in block["features"]] == ["c", "a", "b"]
    assert selection_block("x", [[0, 1]], ["a", "b"])["stability"] is None


@pytest.mark.parametrize(
    "select",
    [
        *("best", "", "none:3", "kbest:0", "kbest:-3", "kbest:1.5", "kbest:1.0", "kbest:", "kbest:many", "kbest:²"),
        *("mi:nan", "rfe:inf", "corr:0", "corr:1.1", "corr:", "corr:x"),
    ],
)
def test_what_is_no_selection_is_one_line(select):
    with pytest.raises(ProtocolError, match=r"unknown selection .*: use 'none', 'kbest:50'") as refused:
        make_pipeline(select=select)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("select", ["kbest:13", "mi:13", "rfe:13"])
def test_more_features_than_there_are(cli, select):
    message = "features to select must be from 1 to 12, the number in the table"
    with pytest.raises(ProtocolError, match=message):
        evaluate(TABLE, make_pipeline("lda", select=select), folds=2)
    with pytest.raises(ProtocolError, match=message):
        evaluate(TABLE, make_tuned_pipeline("lda", select=select), folds=2)
    write_table(TABLE, cli.folder / "t.csv")
    done = cli("cv", "t.csv", "--select", select)
    assert (done.status, message in done.err) == (2, True)
    assert not (cli.folder / "result.json").exists()


def test_on_the_command_line(cli):
    write_table(TABLE, cli.folder / "t.csv")
    done = cli("cv", "t.csv", "--model", "lda", "--folds", 3, "--select", "kbest:4", "--speaker-norm", "speaker")
    assert done.status == 0
    assert "selection: best by ANOVA F: 4" in done.out
    assert "4.0 of 12 features per fold" in done.out
    assert cli("cv", "t.csv", "--select", "best").status == 2


def test_all_names_are_tried_here():
    assert {way.partition(":")[0] for way in WAYS} | {"none"} == set(SELECTIONS)
