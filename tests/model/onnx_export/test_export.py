"""Models exported to ONNX: onnxruntime gives the same predictions as the model."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.svm import SVC

from prosody_ser import load_model, make_pipeline, save_model, train
from prosody_ser.errors import ModelError
from prosody_ser.model.file import up_to_scaler
from prosody_ser.model.file_format.pipeline import decoded, encoded
from prosody_ser.model.onnx_export.export import export_onnx, onnx_model
from tests.support.command_line import assert_refused
from tests.support.pipelines import quick_pipeline
from tests.support.sequences import FEATURE_MODELS
from tests.support.tables import acted_table

TABLES = {
    3: acted_table(rows_each=16, n_sentences=2, n_features=6, signal=1.0),
    2: acted_table(rows_each=12, n_features=6, signal=1.0, shares=(0.6, 0.4)),
    5: acted_table(rows_each=30, n_features=6, signal=0.8, shares=(0.2,) * 5),
}
EXPORTABLE = ("best", "svm", "linear-svm", "rf", "mlp", "lda", "logreg")
#: Double precision throughout: only the order of sums differs.
TOLERANCE = 1e-11
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def bases():
    return {n: train(table, quick_pipeline("lda"), risk=0.3, folds=2) for n, table in TABLES.items()}


def made(base, pipeline, table, weights):
    """A trained model made of a pipeline and given weights."""
    fitted = pipeline.fit(table.X, table.y.to_numpy(dtype=object))
    stored = decoded(encoded(fitted), base.features, base.labels)
    novelty = dataclasses.replace(base.novelty, prepare=up_to_scaler(stored))
    return dataclasses.replace(base, pipeline=stored, weights=weights, novelty=novelty)


def new_rows(table, n=300, seed=1):
    """Rows near and far from those of a table, with a tenth of the values undefined."""
    rng = np.random.default_rng(seed)
    X = table.X.sample(n, replace=True, random_state=seed)
    X = X + rng.normal(size=X.shape) * rng.choice([0.3, 1, 5], size=(n, 1))
    X.iloc[0] = np.nan
    return X.mask(rng.random(X.shape) < 0.1)


def run(model, X):
    session = onnxruntime.InferenceSession(onnx_model(model).SerializeToString(), providers=["CPUExecutionProvider"])
    values = X[list(model.features)].to_numpy(dtype=np.float64)
    return dict(zip((o.name for o in session.get_outputs()), session.run(None, {"features": values}), strict=True))


def assert_agree(model, X, tolerance=TOLERANCE):
    expected, outputs = model.probabilities(X), run(model, X)
    assert outputs["probabilities"].dtype == np.float64
    assert np.abs(outputs["probabilities"] - expected).max() < tolerance
    assert outputs["label"].tolist() == [model.labels[i] for i in expected.argmax(axis=1)]
    assert np.array_equal(outputs["abstain"], model.predict(X, reasons=False)["abstain"])
    return outputs


@pytest.mark.parametrize("select", [False, True])
@pytest.mark.parametrize("n_labels", TABLES)
@pytest.mark.parametrize("name", EXPORTABLE)
def test_onnxruntime_agrees(bases, name, n_labels, select):
    table, base = TABLES[n_labels], bases[n_labels]
    pipeline = quick_pipeline(name)
    if select:
        pipeline.steps.insert(2, ("select", SelectKBest(k=3)))
    weights = (0.4, 1.7) if name == "svm" and n_labels > 2 else (3.0,) if name == "best" else (0.9,)
    X = new_rows(table)
    model = dataclasses.replace(made(base, pipeline, table, weights), threshold=1.1 / n_labels)
    outputs = assert_agree(model, X)
    assert len(set(outputs["label"])) > n_labels // 2  # not one for all
    assert 0 < outputs["abstain"].sum() < len(X)


@pytest.mark.parametrize("name", ["lda", "logreg"])
def test_two_labels_far_from_the_border_are_treated_alike(bases, name):
    """The logarithm of a probability is the margin, also where one minus the other probability would be 0."""
    table = TABLES[2]
    model = made(bases[2], quick_pipeline(name), table, (0.1,))
    X = table.X.iloc[:2] * 0 + table.X.mean() + np.outer([200, -200], model.pipeline[-1].coef_[0] * table.X.std())
    margins = model.pipeline.decision_function(model.columns_of(X))
    assert min(margins[0], -margins[1]) > 40
    model = dataclasses.replace(model, limits=None)
    second = 1 / (1 + np.exp(-0.1 * margins))
    np.testing.assert_allclose(model.probabilities(X), np.column_stack([1 - second, second]), rtol=0, atol=1e-12)
    outputs = run(model, X)
    np.testing.assert_allclose(outputs["probabilities"], model.probabilities(X), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("n_labels", TABLES)
def test_linear_kernel(bases, n_labels):
    pipeline = make_pipeline("svm").set_params(model=SVC(kernel="linear", C=0.1, break_ties=True))
    weights = (1.0,) if n_labels == 2 else (1.0, 0.2)
    assert_agree(made(bases[n_labels], pipeline, TABLES[n_labels], weights), new_rows(TABLES[n_labels]))


def test_where_votes_and_margins_disagree_the_votes_decide(bases):
    """With a large weight of the margins their softmax would choose another label; the decision must not change."""
    table = TABLES[5]
    model = made(bases[5], make_pipeline("svm"), table, (0.001, 20.0))
    X = new_rows(table, n=2000)
    outputs = assert_agree(model, X)
    two = np.sort(outputs["probabilities"], axis=1)[:, -2:]
    assert (two[:, 1] - two[:, 0] < 1e-5).any()  # there were such rows
    assert outputs["label"].tolist() == model.pipeline.predict(model.columns_of(X)).tolist()


def test_trees_without_a_question(bases):
    """A tree may be a single leaf."""
    pipeline = quick_pipeline("rf").set_params(model__max_depth=1, model__min_samples_leaf=60)
    model = made(bases[3], pipeline, TABLES[3], (1.0,))
    counts = [tree.tree_.node_count for tree in model.pipeline.steps[-1][1].estimators_]
    assert min(counts) == 1
    assert_agree(model, new_rows(TABLES[3]))


@pytest.mark.parametrize("name", [n for n in FEATURE_MODELS if n not in EXPORTABLE])
def test_others_say_that_they_cannot(bases, name):
    model = made(bases[3], quick_pipeline(name), TABLES[3], (1.0,))
    with pytest.raises(
        ModelError, match="cannot be exported to ONNX; these models can: best, svm, linear-svm, rf, mlp, lda"
    ):
        onnx_model(model)


def test_speakers_cannot_be_normalised_there(bases):
    model = made(bases[3], quick_pipeline("lda", speaker_norm="speaker"), TABLES[3], (1.0,))
    with pytest.raises(ModelError, match="needs all clips of a speaker"):
        onnx_model(model)


def test_file(bases, tmp_path, cli):
    save_model(bases[3], cli.folder / "m.skops")
    done = cli("model", "export", "m.skops", "m.onnx")
    assert done.status == 0, done.err
    assert done.out == "6 features to 3 labels -> m.onnx\n"
    metadata = {p.key: p.value for p in onnx.load(cli.folder / "m.onnx").metadata_props}
    assert json.loads(metadata["features"]) == list(bases[3].features)
    assert json.loads(metadata["labels"]) == list(bases[3].labels)
    assert json.loads(metadata["card"]) == bases[3].card
    assert json.loads(metadata["threshold"]) == bases[3].threshold
    export_onnx(load_model(cli.folder / "m.skops"), cli.folder / "again.onnx")
    assert (cli.folder / "again.onnx").read_bytes() == (cli.folder / "m.onnx").read_bytes()
    assert_refused(cli("model", "export", "m.skops", "m.txt"), "m.txt", ".onnx")
    assert_refused(cli("model", "export", "m.skops", "missing/m.onnx"), "no such folder")
    assert_refused(cli("model", "export", "none.skops", "new.onnx"), "none.skops")


def test_without_the_extra_it_says_which(bases, tmp_path):
    save_model(bases[3], tmp_path / "m.skops")
    program = "import sys; sys.modules['onnx'] = None; from prosody_ser.cli import main; main()"
    command = [sys.executable, "-c", program, "model", "export", str(tmp_path / "m.skops"), str(tmp_path / "m.onnx")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "prosody-ser[onnx]" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "m.onnx").exists()
