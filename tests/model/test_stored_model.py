"""A linear model that was read from a file predicts as scikit-learn does, and without importing it."""

import dataclasses
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import Pipeline

from prosody_ser import load_model, save_model, train
from prosody_ser.model.file_format.linear_pipeline import LinearPipeline
from tests.support.pipelines import quick_pipeline
from tests.support.signals import voice, write_wav
from tests.support.tables import acted_table

SEVEN = acted_table(rows_each=12, n_sentences=2, n_features=5, signal=1.0)
TWO = acted_table(rows_each=12, n_features=5, signal=1.0, shares=(0.6, 0.4))


@pytest.mark.parametrize("table", [SEVEN, TWO], ids=["several emotions", "two emotions"])
@pytest.mark.parametrize("select", [False, True])
@pytest.mark.parametrize("model", ["lda", "logreg", "linear-svm"])
def test_predictions_equal_scikit_learns_to_the_bit(tmp_path, table, model, select):
    pipeline = quick_pipeline(model)
    if select:
        place = [name for name, _ in pipeline.steps].index("scale") + 1
        pipeline.steps.insert(place, ("select", SelectKBest(k=3).set_output(transform="pandas")))
    save_model(train(table, pipeline, risk=0.3, folds=2), tmp_path / "m.skops")
    opened = load_model(tmp_path / "m.skops")
    assert isinstance(opened.predictor, LinearPipeline)
    assert isinstance(opened.pipeline, Pipeline)
    with_scikit_learn = dataclasses.replace(opened)
    assert with_scikit_learn.predictor is opened.pipeline
    new = table.X + np.random.default_rng(1).normal(scale=0.3, size=table.X.shape)
    new = new.mask(np.random.default_rng(2).random(new.shape) < 0.05)
    pd.testing.assert_frame_equal(opened.predict(new), with_scikit_learn.predict(new), check_exact=True)


def test_other_models_are_built_when_they_are_opened(tmp_path):
    save_model(train(SEVEN, quick_pipeline("svm"), folds=2), tmp_path / "m.skops")
    opened = load_model(tmp_path / "m.skops")
    assert opened.predictor is opened.pipeline


def test_the_default_model_predicts_without_what_takes_long_to_import(tmp_path):
    write_wav(tmp_path / "vowel.wav", voice())
    program = (
        "import sys\nfrom prosody_ser.cli import main\ntry:\n    main()\nfinally:\n"
        "    print('late', {'sklearn', 'scipy.signal', 'scipy.stats', 'librosa', 'jinja2'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", program, "predict", "vowel.wav"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "late set()" in done.stdout
