"""Soft voting."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import make_pipeline
from prosody_ser.learn.classifiers.ensemble import SoftVotingClassifier
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


@parametrize_with_checks([SoftVotingClassifier(members=("logreg",))])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_the_ensemble_is_the_mean_of_its_members():
    X, y = TABLE.X.to_numpy(), TABLE.y.to_numpy()
    ensemble = SoftVotingClassifier(members=("logreg", "rf"), random_state=3).fit(X, y)
    alone = [make_pipeline(name, seed=3).named_steps["model"].fit(X, y).predict_proba(X) for name in ("logreg", "rf")]
    np.testing.assert_array_equal(ensemble.predict_proba(X), np.mean(alone, axis=0))
