"""Soft voting."""

import numpy as np

from prosody_ser import make_pipeline
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


def test_the_ensemble_is_the_mean_of_its_members():
    X, y = TABLE.X.to_numpy(), TABLE.y.to_numpy()
    ensemble = make_pipeline("ensemble", balance="class-weight", seed=3).named_steps["model"]
    ensemble.set_params(mlp="drop", rf__n_estimators=10).fit(X, y)
    members = {name: make_pipeline(name, balance="class-weight", seed=3)["model"] for name in ("logreg", "rf")}
    members["rf"].set_params(n_estimators=10)
    alone = [member.fit(X, y).predict_proba(X) for member in members.values()]
    np.testing.assert_array_equal(ensemble.predict_proba(X), np.mean(alone, axis=0))
    assert list(ensemble.classes_) == sorted(set(y))
