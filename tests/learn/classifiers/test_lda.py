"""Linear discriminant analysis with fewer clips than features gives scikit-learn's results."""

import numpy as np
import pytest
from sklearn import discriminant_analysis
from sklearn.covariance import ledoit_wolf, ledoit_wolf_shrinkage

from prosody_ser import make_pipeline
from prosody_ser.learn.classifiers.lda import LinearDiscriminantAnalysis, ledoit_wolf_of_few

AS_SKLEARN = {"solver": "lsqr", "shrinkage": "auto"}


def clips(n_rows, n_features, sizes, seed=0):
    """Correlated features with very different scales, some of them constant, some in one class only."""
    rng = np.random.default_rng(seed)
    label = np.repeat([f"emotion{i}" for i in range(len(sizes))], sizes)
    assert label.size == n_rows
    X = rng.normal(size=(n_rows, 5)) @ rng.normal(size=(5, n_features)) + rng.normal(size=(n_rows, n_features))
    X += 0.5 * (label[:, None] == "emotion0")
    X[:, 0], X[label == "emotion1", 1] = 4.5, -1.25
    return X * np.exp(rng.normal(0, 0.5, n_features)), label


@pytest.mark.filterwarnings("ignore:Only one sample available")
@pytest.mark.parametrize(
    "sizes",
    [(20, 20, 20), (30, 12, 6, 3), (40, 40), (30, 20, 2, 1), (2, 2, 2)],
    ids=lambda sizes: "-".join(map(str, sizes)),
)
def test_the_answer_is_scikit_learns(sizes):
    X, y = clips(sum(sizes), 150, sizes)
    other, _ = clips(sum(sizes), 150, sizes, seed=1)
    ours = LinearDiscriminantAnalysis(**AS_SKLEARN).fit(X, y)
    theirs = discriminant_analysis.LinearDiscriminantAnalysis(**AS_SKLEARN).fit(X, y)
    scale = X.std(axis=0)
    np.testing.assert_allclose(
        ours.coef_ * scale, theirs.coef_ * scale, rtol=1e-8, atol=1e-8 * np.abs(theirs.coef_ * scale).max()
    )
    for rows in (X, other):
        np.testing.assert_allclose(ours.predict_proba(rows), theirs.predict_proba(rows), atol=1e-8)
        assert (ours.predict(rows) == theirs.predict(rows)).all()


def test_the_covariance_of_all_features_is_made_only_where_clips_are_many():
    few, many = (LinearDiscriminantAnalysis(**AS_SKLEARN).fit(*clips(60, n, (30, 30))) for n in (61, 59))
    assert not hasattr(few, "covariance_")
    assert many.covariance_.shape == (59, 59)


def test_other_settings_are_scikit_learns():
    X, y = clips(60, 100, (30, 20, 10))
    for given in ({"solver": "lsqr", "shrinkage": 0.3}, {"solver": "svd"}):
        ours, theirs = (
            kind(**given).fit(X, y)
            for kind in (LinearDiscriminantAnalysis, discriminant_analysis.LinearDiscriminantAnalysis)
        )
        assert np.array_equal(ours.coef_, theirs.coef_)


@pytest.mark.parametrize("n_rows", [2, 3, 30])
def test_shrinkage_is_scikit_learns(n_rows):
    X = np.random.default_rng(n_rows).normal(size=(n_rows, 50)) * np.linspace(1, 3, 50)
    X -= X.mean(axis=0)
    shrinkage, mean_variance = ledoit_wolf_of_few(X)
    assert shrinkage == pytest.approx(ledoit_wolf_shrinkage(X), abs=1e-12)
    covariance, _ = ledoit_wolf(X)
    assert mean_variance == pytest.approx(np.trace(covariance) / 50)


def test_it_is_the_model_called_lda():
    assert type(make_pipeline("lda")[-1]) is LinearDiscriminantAnalysis
