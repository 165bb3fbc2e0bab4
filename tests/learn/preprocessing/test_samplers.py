"""Samplers work on any training fold (small and rare classes) and keep to scikit-learn's contract."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import FeatureTable, evaluate
from prosody_ser.learn.classifiers.registry import BALANCES, build
from prosody_ser.learn.preprocessing.samplers import FoldADASYN, FoldBorderlineSMOTE, FoldSMOTETomek, FoldUnderSampler
from tests.support.crossed import crossed
from tests.support.pipelines import quick_pipeline
from tests.support.tables import acted_table

SAMPLERS = [name for name, how in BALANCES.items() if "sampler" in how]
TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


@pytest.mark.parametrize("as_frame", [False, True])
@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("n_rare", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("balance", SAMPLERS)
def test_samplers_survive_small_classes(balance, n_rare, far, as_frame):
    """A class of few clips, among the others or far from them: on the latter, ADASYN and Borderline SMOTE give up."""
    rng = np.random.default_rng(n_rare)
    X = rng.normal(size=(60 + n_rare, 3))
    y = np.array(["many"] * 40 + ["some"] * 20 + ["rare"] * n_rare)
    if far:
        X[y == "rare"] += 100
        X[y == "some"] -= 100
    X = pd.DataFrame(X, columns=["a", "b", "c"]) if as_frame else X
    before = X.copy()
    sampler = build(BALANCES[balance]["sampler"], random_state=3)
    resampled, named = sampler.fit_resample(X, y)
    assert type(resampled) is type(X)
    if as_frame:
        assert list(resampled.columns) == ["a", "b", "c"]
    assert np.array_equal(X, before)
    counts = Counter(named)
    if balance == "under":
        assert counts == {"many": 10, "some": 10, "rare": n_rare}
    elif balance in ("adasyn", "smote-tomek"):
        assert all(30 <= count <= 50 for count in counts.values())
    else:
        assert counts == {"many": 40, "some": 40, "rare": 40}
    again, _ = clone(sampler).fit_resample(X, y)
    assert np.array_equal(resampled, again)
    if balance not in ("over", "under"):  # new clips lie between old ones of their class
        rare, made = np.asarray(X)[y == "rare"], np.asarray(resampled)[named == "rare"]
        assert (made >= rare.min(axis=0) - 1e-9).all()
        assert (made <= rare.max(axis=0) + 1e-9).all()


@pytest.mark.parametrize(("balance", "n_rare", "model"), crossed(SAMPLERS, [2, 3, 5], ["svm", "lda", "knn"]))
def test_a_fold_with_a_rare_class_is_fitted(balance, n_rare, model):
    """Of two clips of the class, one is held out and one is left in training."""
    frame = TABLE.frame
    order = frame.groupby("emotion").cumcount()
    kept = frame[(frame["emotion"] != "class2") | order.isin(range(n_rare))].copy()
    kept.loc[kept["emotion"] == "class2", "speaker"] = [f"s{i:02d}" for i in range(n_rare)]
    rare = FeatureTable(kept, TABLE.feature_names)
    assert evaluate(rare, quick_pipeline(model, balance=balance)).data["per_class"]["class2"]["support"] == n_rare


@pytest.mark.parametrize("balance", ["none", *SAMPLERS])
@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_the_kind_of_frame_that_steps_hand_on_changes_nothing(output, balance):
    pytest.importorskip(output, reason=f"{output} is not installed")
    pipeline = quick_pipeline("lda", balance=balance)
    expected = evaluate(TABLE, pipeline).data["confusion"]
    with config_context(transform_output=output):
        assert evaluate(TABLE, pipeline).data["confusion"] == expected


OWN = [FoldUnderSampler(), FoldBorderlineSMOTE(), FoldADASYN(), FoldSMOTETomek()]


@parametrize_with_checks(OWN)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)
