"""Sharing steps among candidates does not change their predictions."""

import numpy as np
import pytest
from sklearn import svm
from sklearn.model_selection import ParameterGrid
from threadpoolctl import threadpool_limits

from prosody_ser import make_pipeline
from prosody_ser.learn.classifiers import row_pairs
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.learn.splits.grouped import grouped_folds
from prosody_ser.learn.tuning.fits import configured, held_out_predictions
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=24, n_sentences=2, n_features=12, signal=0.5)
X, Y = TABLE.X, TABLE.y.to_numpy(dtype=object)
MACHINES = {"model__C": (0.1, 1.0, 10.0), "model__gamma": ("scale", 0.03), "model__kernel": ("rbf", "linear")}


def folds(n_folds=3):
    fold_of = grouped_folds(Y, speakers_of(X), n_folds, 0)
    return [(np.flatnonzero(fold_of != i), np.flatnonzero(fold_of == i)) for i in range(n_folds)]


@pytest.mark.parametrize(
    ("options", "space", "n_training_sets"),
    [
        ({}, MACHINES, 1),
        ({"speaker_norm": "speaker", "balance": "class-weight"}, MACHINES, 1),
        ({"balance": "smote"}, MACHINES | {"balance__k_neighbors": (2, 5)}, 2),
        ({"select": "kbest"}, MACHINES | {"select__k": (3, 5, 12)}, 3),
        ({}, MACHINES | {"impute__strategy": ("median", "mean"), "scale__with_std": (True, False)}, 4),
    ],
)
def test_support_vector_machines_that_share_distances_answer_as_if_fitted_from_raw_rows(
    options, space, n_training_sets, monkeypatch
):
    """Each candidate equals scikit-learn's SVC in its own pipeline; distances are computed once per training set."""
    holed = X.mask(np.random.default_rng(0).random(X.shape) < 0.02)
    pipeline = make_pipeline("svm", **options)
    plain = configured(pipeline, {"model": svm.SVC(break_ties=True, class_weight=pipeline[-1].class_weight)})
    candidates = list(ParameterGrid(space))
    made = []

    def noted(kernel, *rows):
        made.append(kernel)
        return pairs_of(kernel, *rows)

    pairs_of = row_pairs.pairs_of
    monkeypatch.setattr(row_pairs, "pairs_of", noted)
    with threadpool_limits(1):
        for train, test in folds():
            made.clear()
            shared = held_out_predictions(pipeline, candidates, holed, Y, train, test)
            assert sorted(made) == sorted(["linear", "rbf"] * n_training_sets * 2)
            for candidate, predictions in zip(candidates, shared, strict=True):
                alone = configured(plain, candidate).fit(holed.iloc[train], Y[train]).predict(holed.iloc[test])
                np.testing.assert_array_equal(predictions, alone, err_msg=str(candidate))
            assert len({tuple(predictions) for predictions in shared}) > 3 * n_training_sets  # they do differ
