"""Fitting in one process or in several gives the same result, to the byte."""

import numpy as np
import pandas as pd
import pytest

from prosody_ser import evaluate, importances, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.registry import MODELS
from tests.support.pipelines import fit_folds, quick_pipeline
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(name, marks=[] if name in ("svm", "rf", "mlp", "cnn-features") else pytest.mark.thorough)
        for name in FEATURE_MODELS
    ],
)
def test_one_seed_one_result_whatever_the_jobs(tmp_path, model):
    """To the byte, including the warnings that were raised in the other processes."""
    jobs = (1, 2, 3) if model == "rf" else (1, 2)
    for n_jobs in jobs:
        balance = "class-weight" if MODELS[model].network else "smote"
        pipeline = quick_pipeline(model, balance=balance, speaker_norm="speaker", calibrate=n_jobs > 0, seed=5)
        seen = []
        result = evaluate(TABLE, pipeline, folds=3, seed=5, n_jobs=n_jobs, progress=lambda *now, s=seen: s.append(now))
        result.write(tmp_path / str(n_jobs))
        assert seen == [(1, 3), (2, 3), (3, 3)]
    assert len({(tmp_path / str(n_jobs)).read_bytes() for n_jobs in jobs}) == 1
    if model == "mlp":
        assert sum(result.data["protocol"]["warnings"].values()) >= 3


def test_importances_are_the_same_with_any_number_of_jobs():
    one, two = (importances(TABLE, quick_pipeline("rf"), folds=3, n_repeats=2, n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    with pytest.raises(ProtocolError, match=r"number of jobs must be a whole number, 1 or more \(got 0"):
        evaluate(TABLE, make_pipeline("lda"), n_jobs=0)


def test_folds_fitted_elsewhere_are_the_same():
    pair = [
        [fold.pipeline.decision_function(TABLE.X) for fold in fit_folds(TABLE.X, TABLE.y, make_pipeline(), n_jobs=n)]
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(*pair)
