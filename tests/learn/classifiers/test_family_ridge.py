"""The ridge regression on kernels of families: it follows its definition, and families have equal weight."""

import numpy as np
import pandas as pd
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import laplacian_kernel, linear_kernel
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser.learn.classifiers.family_ridge import OTHER, FamilyRidgeClassifier

NAMES = ["f0_mean_st", "intensity_sd_db", "mfcc1_mean_db", "mfcc2_mean_db", "f0_sd_st", "of my own"]
FAMILIES = {"pitch": [0, 4], "intensity": [1], "spectrum": [2, 3], OTHER: [5]}


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    y = np.repeat(["anger", "fear", "joy"], 20)
    X = rng.normal(size=(60, 6)) + 1.5 * (np.arange(6) == np.repeat([0, 2, 3], 20)[:, np.newaxis])
    return pd.DataFrame(X, columns=NAMES), y


def unit_roots(X):
    roots = np.sign(X) * np.sqrt(np.abs(X))
    return roots / np.linalg.norm(roots, axis=1, keepdims=True)


def kernel(A, B, bandwidths, share):
    """The kernel computed with scikit-learn's kernels."""
    parts = [laplacian_kernel(A[:, columns], B[:, columns], gamma=1 / bandwidths[f]) for f, columns in FAMILIES.items()]
    return (1 - share) * np.mean(parts, axis=0) + share * linear_kernel(unit_roots(A), unit_roots(B))


@parametrize_with_checks([FamilyRidgeClassifier(), FamilyRidgeClassifier(class_weight="balanced", linear_share=1.0)])
def test_scikit_learn_s_contract(estimator, check):
    check(estimator)


def test_it_is_kernel_ridge_on_the_kernel_of_its_definition(rows):
    """scikit-learn's ridge regression has no intercept, so kernel and targets are centred."""
    X, y = rows
    model = FamilyRidgeClassifier(C=3.0, linear_share=0.3).fit(X, y)
    assert set(model.families_) == set(FAMILIES)
    values = X.to_numpy()
    bandwidths = {}
    for family, columns in FAMILIES.items():
        apart = np.abs(values[:, None, columns] - values[None, :, columns]).sum(axis=2)[np.triu_indices(60, 1)]
        bandwidths[family] = np.median(apart)
        assert model.bandwidths_[model.families_.index(family)] == pytest.approx(bandwidths[family], rel=1e-5)
    K = kernel(values, values, bandwidths, 0.3)
    new = np.random.default_rng(1).normal(size=(10, 6))
    K_new = kernel(new, values, bandwidths, 0.3)
    centred = K - K.mean(axis=0) - K.mean(axis=1)[:, None] + K.mean()
    centred_new = K_new - K.mean(axis=0) - K_new.mean(axis=1)[:, None] + K.mean()
    targets = np.where(y[:, None] == model.classes_, 1.0, -1.0)
    ridge = KernelRidge(alpha=1 / 3, kernel="precomputed").fit(centred, targets - targets.mean(axis=0))
    expected = ridge.predict(centred_new) + targets.mean(axis=0)
    values_of_model = model.decision_function(pd.DataFrame(new, columns=NAMES))
    np.testing.assert_allclose(values_of_model, expected, atol=1e-5)


def test_a_class_weight_is_as_good_as_so_many_copies():
    """A weight of 2 equals duplicated rows. Duplicates change the bandwidths, so only the linear kernel is used."""
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(40, 4)), np.repeat([0, 1], 20)
    weighted = FamilyRidgeClassifier(linear_share=1.0, class_weight={0: 2.0, 1: 1.0}).fit(X, y)
    copied = FamilyRidgeClassifier(linear_share=1.0).fit(np.vstack([X, X[:20]]), np.append(y, y[:20]))
    np.testing.assert_allclose(weighted.decision_function(X), copied.decision_function(X), atol=1e-8)


def test_what_families_add_sums_up_to_the_decision(rows):
    X, y = rows
    model = FamilyRidgeClassifier().fit(X, y)
    parts = model.family_scores(X)
    assert parts.shape == (4, 60, 3)
    np.testing.assert_allclose(parts.sum(axis=0) + model.intercept_, model.decision_function(X), atol=1e-9)


def test_a_clip_s_answer_does_not_depend_on_the_others_asked_for(rows):
    X, y = rows
    model = FamilyRidgeClassifier(linear_share=0.0).fit(X, y)
    together = model.decision_function(X)
    alone = np.concatenate([model.decision_function(X.iloc[[i]]) for i in range(len(X))])
    np.testing.assert_allclose(alone, together, rtol=0, atol=1e-12)


def test_many_useless_features_of_one_family_do_not_drown_another():
    rng = np.random.default_rng(3)
    y = np.tile([0, 1], 100)
    names = ["f0_mean_st", *(f"mel{k}_mean_db" for k in range(1, 41)), *(f"mel{k}_sd_db" for k in range(1, 41))]
    X = rng.normal(size=(200, 81))
    X[:, 0] += 2.5 * y
    known = FamilyRidgeClassifier(linear_share=0.0).fit(pd.DataFrame(X[:100], columns=names), y[:100])
    unknown = FamilyRidgeClassifier(linear_share=0.0).fit(X[:100], y[:100])
    scores = known.score(pd.DataFrame(X[100:], columns=names), y[100:]), unknown.score(X[100:], y[100:])
    assert scores[0] > 0.85 > scores[1]


def test_a_family_in_which_all_clips_are_alike_counts_for_nothing(rows):
    X, y = rows
    model = FamilyRidgeClassifier().fit(X.assign(f0_mean_st=0.0, f0_sd_st=1.0), y)
    assert model.bandwidths_[model.families_.index("pitch")] == 0
    assert np.isfinite(model.decision_function(X)).all()


@pytest.mark.parametrize("wrong", [{"C": 0.0}, {"C": np.nan}, {"linear_share": 1.5}, {"linear_share": -0.1}])
def test_wrong_parameters_are_refused(rows, wrong):
    with pytest.raises(ValueError, match="C must be positive and linear_share from 0 to 1"):
        FamilyRidgeClassifier(**wrong).fit(*rows)
