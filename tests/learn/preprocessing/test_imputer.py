"""The imputer gives the medians of scikit-learn's, to the bit."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_array
from sklearn import impute
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import make_pipeline
from prosody_ser.learn.preprocessing.imputer import SimpleImputer


def holed(n_rows, n_columns=60, seed=0):
    """Columns with no, few and many missing values, with one value left and with none; some values are repeated."""
    rng = np.random.default_rng(seed)
    X = np.round(rng.normal(size=(n_rows, n_columns)) * np.exp(rng.normal(0, 5, n_columns)), 2)
    X[rng.random(X.shape) < np.linspace(0, 0.95, n_columns)] = np.nan
    X[:, 0], X[:, 1], X[1:, 2], X[0, 2] = rng.normal(size=n_rows), np.nan, np.nan, -0.3
    return X


@parametrize_with_checks([SimpleImputer(strategy="median"), SimpleImputer(strategy="median", keep_empty_features=True)])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("n_rows", [1, 2, 3, 50, 51])
@pytest.mark.parametrize("given", [{}, {"keep_empty_features": True}, {"add_indicator": True}], ids=str)
@pytest.mark.filterwarnings("ignore:Skipping features without any observed values")
def test_medians_are_scikit_learns(n_rows, given):
    X, others = holed(n_rows), holed(20, seed=1)
    for rows in (X, np.asfortranarray(X), pd.DataFrame(X)):
        mine, theirs = (kind(strategy="median", **given).fit(rows) for kind in (SimpleImputer, impute.SimpleImputer))
        np.testing.assert_array_equal(mine.statistics_, theirs.statistics_)
        new = pd.DataFrame(others) if isinstance(rows, pd.DataFrame) else others
        np.testing.assert_array_equal(mine.transform(new), theirs.transform(new))


@pytest.mark.filterwarnings("ignore:Skipping features without any observed values")
def test_other_ways_are_scikit_learns():
    X = holed(50)
    narrow, whole, sparse = X.astype(np.float32), np.nan_to_num(X).astype(int), csc_array(np.nan_to_num(X))
    for given, rows in (
        ({"strategy": "mean"}, X),
        ({"strategy": "median"}, narrow),
        ({"strategy": "median", "missing_values": 0}, whole),
        ({"strategy": "median"}, sparse),
        ({"strategy": "median", "missing_values": 1.5}, np.nan_to_num(X)),
    ):
        mine, theirs = (kind(**given).fit(rows) for kind in (SimpleImputer, impute.SimpleImputer))
        np.testing.assert_array_equal(mine.statistics_, theirs.statistics_)


def test_it_is_the_step_called_impute():
    assert type(make_pipeline("lda").named_steps["impute"]) is SimpleImputer
