"""Networks from recordings to predictions, by the command line and from Python."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile

from prosody_ser import (
    FileSource,
    Listener,
    evaluate,
    extract_table,
    importances_by,
    load_model,
    make_pipeline,
    predict_files,
    predict_signal,
    predict_table,
    save_model,
    train,
    write_table,
)
from prosody_ser.errors import ModelError, ProtocolError
from prosody_ser.learn.comparison.runs import evaluate_all
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.model.file import model_bytes
from prosody_ser.tables.sequences import read_sequences
from tests.support.model_files import forged, parts_of
from tests.support.pipelines import quick_pipeline
from tests.support.sequences import FRAME_MODELS, framed
from tests.support.tables import acted_table

TABLE = acted_table(rows_each=16, n_sentences=2, n_features=4, signal=1.0)


@pytest.fixture(scope="module")
def frames(synthetic, tmp_path_factory):
    """The frames of some synthetic clips with a copy of each, and the clips' features."""
    files = sorted(synthetic.glob("*_s1_t1.wav"))
    assert len(files) == 40  # 8 speakers, 5 emotions
    folder = tmp_path_factory.mktemp("frames")
    write_table(extract_table(files, level="frames", augment="speed:0.93", jobs=1), folder / "frames.parquet")
    write_table(extract_table(files, jobs=1), folder / "clips.csv")
    return folder, files


@pytest.fixture(scope="module")
def models(frames):
    """A trained model of each kind and track."""
    table = read_sequences(frames[0] / "frames.parquet")
    return {
        (model, norm): train(table, quick_pipeline(model, speaker_norm=norm), folds=2, enrol_clips=2)
        for model, norm in (("cnn", "none"), ("lstm", "none"), ("lstm", "speaker"), ("cnn", "enrol"))
    }


@pytest.mark.parametrize("key", [("cnn", "none"), ("lstm", "none"), ("lstm", "speaker"), ("cnn", "enrol")])
def test_a_model_comes_back_to_the_bit(models, key, tmp_path):
    made = models[key]
    save_model(made, tmp_path / "m.skops")
    back = load_model(tmp_path / "m.skops")
    assert model_bytes(back) == model_bytes(made)
    assert b"torch.nn" not in (tmp_path / "m.skops").read_bytes()  # no pickle of a module
    assert back.reads_frames
    assert back.card["made_by"]["torch"].startswith("2.")


def test_a_recording_gets_what_its_row_in_the_table_gets(frames, models):
    folder, files = frames
    table = read_sequences(folder / "frames.parquet")
    for model in ("cnn", "lstm"):
        made = models[model, "none"]
        predictions = predict_files(made, files[:3], jobs=0)
        in_table = predict_table(made, table).reset_index()
        for path, row in zip(files, predictions.to_dict("records"), strict=False):
            expected = in_table[in_table["file"].str.endswith(path.name)].iloc[0]
            for column in ("label", "confidence", "novelty", "reasons"):
                assert row[column] == expected[column]
        samples, rate_hz = soundfile.read(files[0])
        assert predict_signal(made, samples, rate_hz)["confidence"][0] == predictions["confidence"][0]
        assert 0 <= predictions["novelty"].min() <= predictions["novelty"].max() <= 1
    twice = predict_files(made, [files[0], files[0]], jobs=0)
    assert len(twice) == 2
    assert twice["confidence"].nunique() == 1


def test_speakers_are_normalised_by_clips_of_their_own(frames, models):
    _, files = frames
    predictions = predict_files(models["cnn", "enrol"], files[:2], enrol=files[2:5], jobs=0)
    assert predictions["label"].ne("").all()
    alone = predict_files(models["cnn", "enrol"], files[:1], enrol=files[2:5], jobs=0)
    assert alone["confidence"][0] == predictions["confidence"][0]
    beside = predict_files(models["lstm", "speaker"], files[:2], enrol=files[2:5], jobs=0)
    alone = predict_files(models["lstm", "speaker"], files[:1], enrol=files[2:5], jobs=0)
    assert alone["confidence"][0] == beside["confidence"][0]
    with pytest.raises(ProtocolError, match="one clip is too few"):
        predict_files(models["lstm", "speaker"], files[:1], jobs=0)


def test_live_windows_are_those_of_the_file(frames, models, tmp_path):
    _, files = frames
    hops = list(Listener(models["lstm", "none"], FileSource(files[0], fast=True), hop_s=1.0).hops())
    samples, rate_hz = soundfile.read(files[0])
    for hop in hops:
        if hop.prediction is not None:
            part = samples[round(hop.start_s * rate_hz) : round(hop.end_s * rate_hz)]
            expected = predict_signal(models["lstm", "none"], part, rate_hz)
            assert expected["confidence"][0] == pytest.approx(hop.prediction.confidence, abs=1e-12)
    assert any(hop.prediction is not None for hop in hops)


def test_tables_of_the_other_kind_are_refused(frames, models, tmp_path):
    clips = extract_table(frames[1][:2], jobs=1)
    with pytest.raises(ModelError, match="needs a table of frames, but this table has none"):
        predict_table(models["cnn", "none"], clips)
    svm = train(TABLE, quick_pipeline("lda"), folds=2)
    with pytest.raises(ModelError, match="needs a table of features per clip, but this table has none"):
        predict_table(svm, framed(TABLE))


@pytest.mark.parametrize("model", FRAME_MODELS)
def test_forged_networks_are_refused_field_by_field(models, model, tmp_path):
    path = tmp_path / "m.skops"
    save_model(models[model, "none"], path)

    def settings(step, **values):
        return lambda plain: plain["steps"][step]["settings"].update(values)

    changes = [
        lambda plain: plain["steps"].pop(0),
        lambda plain: plain["steps"].pop(2),
        lambda plain: plain["steps"].reverse(),
        lambda plain: plain["steps"][1].update(type="StandardScaler"),
        lambda plain: plain["steps"][3].update(type="SVC"),
        lambda plain: plain["steps"][3].update(type="NetworkClassifier"),
        settings(0, contours=["mel"]),
        settings(2, n=0),
        settings(2, n=10**9),
        settings(3, n_members=0),
        settings(3, n_members=99),
        settings(3, device="cuda"),
        lambda plain: plain["features"].pop(),
        lambda plain: plain.update(features=[*plain["features"], "no_such_contour"]),
    ]
    for change in changes:
        plain, card, arrays = parts_of(path)
        change(plain)
        (tmp_path / "bad.skops").write_bytes(forged(plain, card, arrays))
        with pytest.raises(ModelError) as raised:
            load_model(tmp_path / "bad.skops")
        assert "\n" not in str(raised.value)


def test_contours_are_ranked_by_shuffling_them_between_clips():
    """Only the first contour carries the class, so that only shuffling this one lowers the score much."""
    importances = importances_by(
        framed(acted_table(rows_each=40, n_features=4, signal=3.0)),
        make_pipeline("lstm").set_params(model__max_epochs=12, model__learning_rate=0.01, model__n_members=1),
        ["feature", "cluster", "family"],
        folds=2,
        n_repeats=2,
    )
    ranking = importances["feature"]
    assert ranking["feature"][0] == "mfcc1_db"
    assert ranking["importance"][0] > 0.15
    assert ranking["importance"][1:].max() < 0.1
    assert importances["family"]["family"].tolist() == ["spectrum"]


def test_shuffled_contours_keep_the_length_of_their_clip():
    table = framed(TABLE)
    X = table.X.copy()
    X.iloc[0, 1] = X.iloc[5, 1]
    from prosody_ser.learn.preprocessing.sequences.rows import SequenceRows

    mixed, original, other = SequenceRows.of(X)[0], SequenceRows.of(table.X)[0], SequenceRows.of(table.X)[5]
    assert mixed.shape == original.shape
    assert np.array_equal(np.delete(mixed, 1, axis=1), np.delete(original, 1, axis=1))
    assert set(mixed[:, 1]) <= set(other[:, 1])


def test_models_of_both_kinds_are_compared_on_the_same_folds(frames):
    folder, _ = frames
    from prosody_ser import read_table

    tables = {"clips": read_table(folder / "clips.csv"), "frames": read_sequences(folder / "frames.parquet")}
    done = evaluate_all(tables, {"lda": quick_pipeline("lda"), "cnn": quick_pipeline("cnn")}, folds=2)
    assert set(done) == {("clips", "lda"), ("frames", "cnn")}
    assert len({result.data["protocol"]["split_hash"] for result in done.values()}) == 1
    with pytest.raises(ProtocolError, match="cnn reads frames"):
        evaluate_all({"clips": tables["clips"]}, {"lda": quick_pipeline("lda"), "cnn": quick_pipeline("cnn")})


def test_the_naive_order_is_run_without_speakers():
    for model, table in (("cnn", framed(TABLE)), ("cnn-features", TABLE)):
        pipeline = quick_pipeline(model)
        naive = with_naive(evaluate(table, pipeline, folds=2), table, pipeline).data["naive"]
        assert naive["n_rows"] >= len(TABLE)
        assert (naive["n_synthetic"] == 0) == (model == "cnn")


def test_the_command_line(cli, frames, monkeypatch):
    folder, files = frames
    from prosody_ser.networks import classifier

    monkeypatch.setattr(classifier.NetworkClassifier.__init__, "__defaults__", _brief(classifier.NetworkClassifier))
    for model in FRAME_MODELS.values():
        monkeypatch.setitem(model.parameters, "n_members", 1)
    table = str(folder / "frames.parquet")
    done = cli("cv", table, "--model", "lstm", "--folds", "2", "--out", "r.json", "--profile")
    assert done.status == 0, done.err
    assert "24 contours of full_v1, frame by frame" in done.out
    assert "augmented copies" in done.out
    data = json.loads((cli.folder / "r.json").read_text())
    assert data["protocol"]["versions"]["torch"].startswith("2.")
    for words in (
        ("report", "r.json", "-o", "r.html"),
        ("plot", "r.json", "--kind", "training", "-o", "t.png"),
        ("importances", table, "--model", "lstm", "--folds", "2", "--repeats", "1", "--drop-family"),
        ("tune", table, "--model", "cnn", "--folds", "2", "--inner-folds", "2", "--out", "tuned.json"),
        ("compare", table, str(folder / "clips.csv"), "--models", "cnn,lda", "--folds", "2", "--keep", "kept"),
        ("train", table, "--model", "cnn", "--folds", "2", "-o", "m.skops"),
        ("model", "show", "m.skops"),
        ("predict", "m.skops", str(files[0]), "-o", "said.csv"),
        ("audit", table, "--model", "lstm", "--folds", "2", "--permutations", "2"),
    ):
        done = cli(*words)
        assert done.status == 0, (words, done.err)
    assert len(pd.read_csv(cli.folder / "said.csv")) == 1
    for words, why in (
        (("cv", table), "the table holds frames"),
        (("cv", str(folder / "clips.csv"), "--model", "cnn"), "the table has one row of features"),
        (("explain", table, "--model", "cnn", "--all"), "use 'importances', which ranks its contours"),
        (("cv", table, "--model", "lstm", "--balance", "smote"), "artificial clips have no speaker"),
        (("importances", table, "--model", "cnn", "--in-sample", "--force"), "SpectrogramCNNClassifier"),
    ):
        done = cli(*words)
        assert done.status == 2, words
        assert why in done.err
        assert done.err.strip().count("\n") == 0


def _brief(cls):
    """The default settings, but two epochs in place of forty."""
    first, *rest = cls.__init__.__defaults__
    assert first == 40
    return (2, *rest)
