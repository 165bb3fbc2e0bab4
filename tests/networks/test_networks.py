"""Networks as classifiers: training data, early stopping, predictions and refusals."""

import copy
import pickle
import subprocess
import sys
from itertools import chain

import numpy as np
import pytest
import torch
from sklearn.utils.estimator_checks import parametrize_with_checks

from prosody_ser import EvaluationPlan, evaluate, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.classifiers.registry import MODELS
from prosody_ser.learn.preprocessing.speaker_norm import SPEAKER_NORMS
from prosody_ser.learn.speakers.names import speakers_of
from prosody_ser.networks.batches import SimilarLengths, padded
from prosody_ser.networks.classifier import NetworkClassifier, best_epoch
from prosody_ser.networks.contour_lstm import ContourLSTM
from prosody_ser.networks.feature_cnn import FeatureCNNClassifier
from prosody_ser.networks.layers import SpecAugment, masked_max, masked_mean
from prosody_ser.networks.spectrogram_cnn import SpectrogramCNN
from prosody_ser.networks.training import rise_and_fall
from prosody_ser.report import result_text
from prosody_ser.tables.feature_table import FeatureTable
from tests.support.crossed import crossed
from tests.support.pipelines import fit_folds, quick_pipeline
from tests.support.schemas import validator
from tests.support.sequences import FRAME_MODELS, as_read, framed
from tests.support.tables import acted_table

NETWORKS = [name for name, model in MODELS.items() if model.network]
MODULES = {"cnn": SpectrogramCNN, "lstm": ContourLSTM}
TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


@parametrize_with_checks(
    [FeatureCNNClassifier(max_epochs=12, learning_rate=0.02, without_speakers="pool", random_state=0)]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("model", NETWORKS)
def test_every_network_learns_a_signal_and_stays_at_chance_on_noise(model):
    for signal, low, high in ((2.5, 0.7, 1.0), (0.0, 0.18, 0.48)):
        table = as_read(model, acted_table(rows_each=36, n_features=6, signal=signal, seed=4))
        pipeline = make_pipeline(model).set_params(model__max_epochs=12, model__learning_rate=0.01, model__n_members=1)
        result = evaluate(table, pipeline, folds=3)
        assert low <= result.uar <= high, signal


@pytest.mark.parametrize(
    "model", [name if name == "lstm" else pytest.param(name, marks=pytest.mark.thorough) for name in NETWORKS]
)
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(model):
    table = as_read(model, TABLE)
    once, again, other = (
        evaluate(table, quick_pipeline(model, seed=seed), folds=2, n_jobs=jobs).data
        for seed, jobs in ((1, 1), (1, 2), (2, 1))
    )
    assert once == again
    assert once["clips"] != other["clips"]
    state = torch.random.get_rng_state()
    quick_pipeline(model, seed=1).fit(table.X, table.y)
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("model", NETWORKS)
def test_a_network_stops_by_training_speakers_that_its_weights_never_see(model):
    plan = EvaluationPlan.of(as_read(model, TABLE))
    for fold in fit_folds(plan.X, plan.y, quick_pipeline(model)):
        network = fold.pipeline.steps[-1][1]
        stopped_by = network.validation_speakers_
        assert 1 <= len(stopped_by) < 5
        assert set(stopped_by) <= set(plan.speakers[fold.train])
        assert not set(stopped_by) & set(plan.speakers[fold.test])


@pytest.mark.parametrize("model", NETWORKS)
def test_it_stops_by_the_validation_part_of_a_fixed_split(model):
    data = evaluate(as_read(model, TABLE), quick_pipeline(model), folds="fixed:4/1/1").data
    (fold,) = data["protocol"]["folds"]
    (run,) = data["training"]["folds"]
    assert run["validation_speakers"] == fold["validation_speakers"]
    assert len(run["validation"]["uar"]) == len(run["uar"]) == len(run["loss"]) == 2
    assert 1 <= run["kept_epoch"] <= 2
    validator("result").validate(data)


def soiled(table, rows, seed=0):
    """The same table with arbitrary values in some rows."""
    frame = table.frame.copy()
    rng = np.random.default_rng(seed)
    names = list(table.feature_names)
    frame.loc[rows, names] = rng.choice([np.nan, 1e6, -1e6, 0.0], size=(rows.sum(), len(names)))
    return FeatureTable(frame, table.feature_names)


@pytest.mark.parametrize(("model", "norm"), crossed(FRAME_MODELS, SPEAKER_NORMS))
def test_garbage_in_the_frames_of_held_out_speakers_and_their_copies_changes_no_fit(model, norm):
    """Neither the steps nor the networks, including early stopping, use anything of the test speakers."""
    from tests.learn.splits.test_copies import fits, with_copies

    both = with_copies(TABLE, by=0.2)
    plan = EvaluationPlan.of(framed(both), 2, enrol_clips=3)
    pipeline = quick_pipeline(model, speaker_norm=norm)
    clean = fits(plan, pipeline)
    for number, fold in enumerate(plan.folds):
        held_out = both.frame["speaker"].isin(set(plan.speakers[fold.test]))
        other = EvaluationPlan.of(framed(soiled(both, held_out)), plan.splitter, enrol_clips=3)
        assert fits(other, pipeline)[number] == clean[number]
    trained = both.copies & ~both.frame["speaker"].isin(set(plan.speakers[plan.folds[0].test]))
    other = EvaluationPlan.of(framed(soiled(both, trained)), plan.splitter, enrol_clips=3)
    assert fits(other, pipeline)[0] != clean[0]  # the proof would notice


@pytest.mark.parametrize("model", FRAME_MODELS)
def test_noise_with_copies_scores_chance(model):
    from tests.learn.splits.test_copies import with_copies

    noise = with_copies(acted_table(8, rows_each=40, shares=(0.4, 0.3, 0.3), n_features=8), n_each=1, by=0.01)
    result = evaluate(framed(noise), quick_pipeline(model).set_params(model__max_epochs=10), folds=2)
    assert result.uar == pytest.approx(1 / 3, abs=0.12)


@pytest.mark.parametrize("name", MODULES)
def test_a_padded_batch_scores_as_its_single_clips(name):
    torch.manual_seed(0)
    module = MODULES[name](12, 5, 0.5)
    for buffer in module.buffers():  # as after training
        if buffer.dtype.is_floating_point:
            buffer.copy_(torch.rand_like(buffer) + 0.5)
    module.eval()
    clips = [np.random.default_rng(n).normal(size=(n, 12)).astype(np.float32) for n in (1, 2, 3, 7, 20, 61, 100)]
    with torch.no_grad():
        together = module(**padded([(clip, 0) for clip in clips])[0])
        alone = torch.cat([module(**padded([(clip, 0)])[0]) for clip in clips])
    assert together.shape == (7, 5)
    assert torch.allclose(together, alone, rtol=0, atol=1e-5)
    assert torch.isfinite(together).all()


def test_pooling_leaves_padding_out():
    values, mask = torch.tensor([[[1.0, 3.0, 100.0]], [[-5.0, -1.0, -3.0]]]), torch.tensor([[1.0, 1, 0], [1, 1, 1]])
    assert masked_mean(values, mask).tolist() == [[2.0], [-3.0]]
    assert masked_max(values, mask).tolist() == [[3.0], [-1.0]]


def test_spec_augment_hides_stretches_of_bands_and_time_while_training_alone():
    layer = SpecAugment(widest_band=0.25, longest=20)
    frames, mask = torch.ones(400, 16, 60), torch.ones(400, 60)
    mask[:200, 30:] = 0
    torch.manual_seed(0)
    hidden = layer.train()(frames, mask) == 0
    assert torch.equal(layer.eval()(frames, mask), frames)
    bands, times = hidden.all(dim=2).sum(dim=1), hidden.all(dim=1).sum(dim=1)
    assert (bands.min(), bands.max()) == (0, 4)
    assert (times[200:].min(), times[200:].max()) == (0, 20)
    assert times[:200].max() == 10  # a third of 30 frames
    assert not hidden.all(dim=1)[:200, 30:].any()
    inside = hidden & ~hidden.all(dim=2, keepdim=True) & ~hidden.all(dim=1, keepdim=True)
    assert not inside.any()


def test_no_batch_has_a_single_clip():
    for n in (2, 17, 33, 129, 130):
        sizes = [len(batch) for batch in SimilarLengths(np.arange(n), 16)]
        assert sum(sizes) == n
        assert min(sizes) > 1
        assert len(sizes) == len(SimilarLengths(np.arange(n), 16))


def test_batches_hold_each_clip_once_and_similar_lengths_together():
    lengths = np.random.default_rng(0).integers(1, 400, size=330)
    torch.manual_seed(1)
    sampler = SimilarLengths(lengths, 16)
    first, second = list(sampler), list(sampler)
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(330))
    assert first != second
    assert len(first) == len(sampler) == 21
    padding = np.mean([lengths[batch].max() - lengths[batch].mean() for batch in first])
    assert padding < 0.15 * lengths.mean()


@pytest.mark.parametrize("model", NETWORKS)
def test_a_network_is_copied_and_pickled_with_its_weights(model):
    table = as_read(model, TABLE)
    fitted = quick_pipeline(model).fit(table.X, table.y)
    probabilities = fitted.predict_proba(table.X)
    for other in (copy.deepcopy(fitted.steps[-1][1]), pickle.loads(pickle.dumps(fitted.steps[-1][1]))):
        assert np.array_equal(other.predict_proba(fitted[:-1].transform(table.X)), probabilities)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (fitted.predict(table.X) == fitted.classes_[probabilities.argmax(axis=1)]).all()


def test_several_networks_are_averaged():
    table = framed(TABLE)
    pipeline = quick_pipeline("lstm").set_params(model__n_members=3)
    data = evaluate(table, pipeline, folds=2).data
    validator("result").validate(data)
    assert [run["fold"] for run in data["training"]["folds"]] == [0, 1]
    fitted = pipeline.fit(table.X, table.y)
    network, rows = fitted.steps[-1][1], fitted[:-1].transform(table.X)
    single = []
    for module in network.modules_:
        one = copy.copy(network)
        one.modules_ = [module]
        single.append(one.predict_proba(rows))
    assert np.allclose(np.mean(single, axis=0), network.predict_proba(rows))


def test_what_happened_in_training_is_told_and_is_no_score(tmp_path):
    from prosody_ser import plot_training, result_html

    result = evaluate(framed(TABLE), quick_pipeline("cnn"), folds=2)
    text = " ".join(result_text(result).split())
    assert "Only the UAR on the held-out test speakers" in text
    assert f"held-out test speakers, {result.uar:.3f}" in text
    html = result_html(result)
    assert "Loss by training epoch" in html
    assert html.count("<polyline") >= 4
    plot_training(result.data, tmp_path / "training.png")
    assert (tmp_path / "training.png").stat().st_size > 10_000
    mlp = evaluate(acted_table(n_features=4, signal=1.0), quick_pipeline("cnn-features"), folds=2)
    assert set(mlp.data["training"]["folds"][0]) >= {"loss", "accuracy", "uar", "validation"}


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize("sampler", ["over", "smote"])
def test_samplers_are_refused_with_the_reason(model, sampler):
    with pytest.raises(
        ProtocolError, match=f"{model} cannot be balanced by {sampler}: artificial clips have no speaker"
    ):
        make_pipeline(model, balance=sampler)


def test_what_does_not_fit_a_model_is_refused_in_one_line():
    table = framed(TABLE)
    with pytest.raises(ProtocolError, match="needs one row of features per clip, but the table holds frames"):
        evaluate(table, make_pipeline("svm"))
    with pytest.raises(ProtocolError, match="reads the frames of each clip, but the table has one row"):
        evaluate(TABLE, make_pipeline("cnn"))
    with pytest.raises(ProtocolError, match="reads mel, but the table of frames has none of them"):
        evaluate(FeatureTable(table.frame, ("mfcc1_db",), table.about, ("sequence",)), make_pipeline("cnn"))
    with pytest.raises(ProtocolError, match="--select chooses among features"):
        make_pipeline("cnn", select="kbest:5")
    with pytest.raises(ProtocolError, match="svm runs on the CPU"):
        make_pipeline("svm", device="cuda")
    with pytest.raises(ProtocolError, match="unknown device 'tpu': choose cpu or cuda"):
        evaluate(table, make_pipeline("lstm", device="tpu"), folds=2)
    with pytest.raises(ProtocolError, match="X carries no speakers"):
        make_pipeline("cnn-features").fit(TABLE.X.to_numpy(), TABLE.y)
    with pytest.raises(ProtocolError, match="the validation clips have none of the emotions"):
        quick_pipeline("cnn-features").steps[-1][1].fit(
            TABLE.X, TABLE.y, validation=(TABLE.X, ["other"] * len(TABLE.X))
        )
    one = table.X.index.get_level_values("speaker") == "s00"
    with pytest.raises(ProtocolError, match="no clips for validation: there is one speaker only"):
        quick_pipeline("cnn").fit(table.X[one], table.y[one])


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_device_that_is_not_there_is_one_line():
    with pytest.raises(ProtocolError, match="PyTorch finds no CUDA device on this machine: use --device cpu"):
        evaluate(framed(TABLE), make_pipeline("lstm", device="cuda"), folds=2)


@pytest.mark.parametrize("model", FRAME_MODELS)
def test_short_clips_gaps_and_rare_classes(model):
    """A clip of one frame, one without any voice, and a class with a clip or two of each speaker."""
    few = acted_table(rows_each=20, n_features=4, signal=1.0, shares=(0.48, 0.48, 0.04))
    few.frame.loc[:3, "x1"] = np.nan
    table = framed(few, shortest=1, longest=3)
    result = evaluate(table, quick_pipeline(model), folds=3)
    assert result.data["n_clips"] == len(few)
    assert all(np.isfinite(list(clip["scores"].values())).all() for clip in result.data["clips"])


NO_TORCH = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "skorch", "safetensors"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from prosody_ser.cli import main
main()
"""


def test_without_the_extra_one_line_says_how_to_get_it(tmp_path):
    def run(*words):
        command = [sys.executable, "-c", NO_TORCH, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False)

    done = run("cv", "--model", "cnn-features")
    assert done.returncode == 2
    assert "pip install 'prosody-ser[networks]'" in done.stderr
    assert "https://download.pytorch.org/whl/cpu" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    listed = run("models")
    assert listed.returncode == 0
    assert "lstm: network" in listed.stdout


def test_the_core_never_imports_pytorch():
    code = """
import sys
import prosody_ser as ser
ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("mlp"), folds=2)
assert not {"torch", "skorch", "safetensors"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_base_class_is_no_network():
    with pytest.raises(NotImplementedError):
        NetworkClassifier().network(3, 2)
    assert set(speakers_of(framed(TABLE).X)) == set(speakers_of(TABLE.X))


def test_how_long_to_train_is_told_by_several_epochs_together():
    assert best_epoch([0.2, 0.3, 0.5, 0.6, 0.6, 0.6, 0.5, 0.4], 1) == 5
    assert best_epoch([0.9, 0.2, 0.2, 0.2, 0.2, 0.3, 0.5, 0.5, 0.5, 0.4], 3) == 9  # one lucky epoch is none
    assert best_epoch([0.9, 0.8, 0.1, 0.1], 10) == 4
    assert best_epoch([0.3], 0) == 1


def test_the_learning_rate_rises_once_and_falls_once():
    for n_steps in (1, 2, 5, 100):
        rates = np.array([rise_and_fall(step, n_steps) for step in range(n_steps + 1)])
        assert rates.max() == pytest.approx(1.0)
        top = rates.argmax()
        assert (np.diff(rates[: top + 1]) > 0).all()
        assert (np.diff(rates[top:]) <= 0).all()
    assert rates[19] == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.0)
    assert rates[60] == pytest.approx(0.5)
