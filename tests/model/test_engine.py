"""A model and the engine of its rows: the engine is named everywhere; another one must be requested."""

import dataclasses
import json

import numpy as np
import pytest

from prosody_ser import (
    cross_corpus,
    default_model_path,
    evaluate,
    extract_table,
    load_model,
    make_pipeline,
    measure_file,
    measure_signal,
    predict_files,
    predict_signal,
    predict_table,
    read_table,
    save_model,
    train,
    write_table,
)
from prosody_ser.errors import ModelError, ProtocolError
from prosody_ser.learn.evaluation.protocol import extraction_of
from tests.support.signals import RATE, speech_like, write_wav

MODEL = load_model(default_model_path())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four speakers, two emotions, two clips each: <emotion>/<speaker>_<number>.wav."""
    folder = tmp_path_factory.mktemp("engines")
    for number in range(16):
        emotion, speaker = ("anger", "sadness")[number % 2], "abcd"[number // 4]
        samples = speech_like(number) * (1.0 if emotion == "anger" else 0.2)
        write_wav(folder / emotion / f"{speaker}_{number}.wav", samples)
    return folder


@pytest.fixture(scope="module")
def tables(folder):
    return {engine: extract_table(folder, "folder", engine=engine, jobs=1) for engine in ("fast", "reference")}


def test_table_result_and_card_name_the_engine(tables, tmp_path):
    for engine, table in tables.items():
        assert table.engine == engine
        for suffix in ("csv", "parquet"):
            write_table(table, tmp_path / f"t.{suffix}")
            assert read_table(tmp_path / f"t.{suffix}").engine == engine
        assert json.loads((tmp_path / "t.csv.json").read_text())["engine"] == engine
        result = evaluate(table, make_pipeline("lda"), folds=2)
        assert result.data["protocol"]["extraction"]["engine"] == engine
        model = train(table, make_pipeline("lda"), folds=2)
        assert model.engine == model.card["features"]["engine"] == engine
        save_model(model, tmp_path / "m.skops")
        assert load_model(tmp_path / "m.skops").engine == engine
        train(table, make_pipeline("lda"), result=result)
    with pytest.raises(ModelError, match="extracted with other settings"):
        train(tables["fast"], make_pipeline("lda"), result=result)


def test_what_was_made_before_there_were_two_engines_is_of_the_fast_one(tables):
    table = tables["fast"]
    about = {key: value for key, value in table.about.items() if key != "engine"}
    assert dataclasses.replace(table, about=about).engine == "fast"
    assert dataclasses.replace(table, about={}).engine is None
    assert extraction_of(dataclasses.replace(table, about=about)) == extraction_of(table)
    features = {key: value for key, value in MODEL.card["features"].items() if key != "engine"}
    assert dataclasses.replace(MODEL, card=MODEL.card | {"features": features}).engine == "fast"


def test_rows_of_the_other_engine_are_refused_unless_it_is_named(tables):
    model = train(tables["fast"], make_pipeline("lda"), folds=2)
    predict_table(model, tables["fast"])
    with pytest.raises(ModelError, match=r"engine='reference' \(.*UAR"):
        predict_table(model, tables["reference"])
    predictions = predict_table(model, tables["reference"], engine="reference")
    assert len(predictions) == len(tables["reference"])
    with pytest.raises(ModelError, match="reference engine"):
        model.predict(tables["reference"], engine="fast")


def test_recordings_are_measured_by_the_model_s_engine_or_the_one_named(folder, tables):
    clip = folder / "anger" / "a_0.wav"
    of_reference = train(tables["reference"], make_pipeline("lda"), folds=2)
    for model, requested, used, n_notes in (
        (of_reference, None, "reference", 0),
        (of_reference, "reference", "reference", 0),
        (of_reference, "fast", "fast", 1),
        (MODEL, None, "fast", 0),
        (MODEL, "reference", "reference", 1),
    ):
        notes = []
        predictions = predict_files(model, clip, engine=requested, jobs=0, on_note=notes.append)
        row = measure_file(clip, engine=used, features=model.feature_set)[list(model.features)].to_frame().T
        expected = model.predict(row)
        assert predictions["confidence"].tolist() == expected["confidence"].tolist()
        assert len([note for note in notes if "engine" in note]) == n_notes
        signal = predict_signal(model, speech_like(0), RATE, engine=requested)
        assert signal["confidence"].iloc[0] == pytest.approx(predictions["confidence"].iloc[0], abs=0.05)
    with pytest.raises(ProtocolError, match="did you mean reference"):
        predict_files(MODEL, clip, engine="refrence", jobs=0)


def test_engines_are_not_mixed_across_corpora(tables):
    with pytest.raises(ProtocolError, match="different engines"):
        cross_corpus(tables, make_pipeline("lda"))


def test_a_recording_can_be_measured_by_either(folder):
    clip = folder / "anger" / "a_0.wav"
    fast, reference = (measure_file(clip, engine=engine) for engine in ("fast", "reference"))
    assert not fast.equals(reference)
    np.testing.assert_allclose(fast["f0_mean_st"], reference["f0_mean_st"], rtol=1e-4)
    samples = speech_like(0)
    assert measure_signal(samples, RATE, engine="reference").notna().sum() == reference.notna().sum()


def test_from_the_command_line(cli, folder):
    done = cli("extract", folder, "r.csv", "--corpus", "folder", "--engine", "reference", "--jobs", "1")
    assert done.status == 0, done.err
    assert read_table(cli.folder / "r.csv").engine == "reference"
    done = cli("predict", folder / "anger" / "a_0.wav", "--engine", "reference")
    assert done.status == 0
    assert "measured by the reference engine" in done.err
    assert cli("plot", folder / "anger" / "a_0.wav", "--engine", "reference", "-o", "a.svg").status == 0
    assert "Search ranges, reference engine" in (cli.folder / "a.svg").read_text().replace("\n", " ")
    for refused in (("extract", folder, "x.csv", "--engine", "praat"), ("plot", "r.csv", "--engine", "reference")):
        done = cli(*refused)
        assert (done.status, done.err.count("\n")) == (2, 1)


def test_compare_engines_writes_what_it_says(cli, folder):
    done = cli("compare-engines", folder, "--corpus", "folder", "--jobs", "1", "--feature", "f0_mean_st,hnr_mean_db")
    assert done.status == 0, done.err
    assert "132 features of 16 clips" in done.out
    assert (cli.folder / "engines.png").stat().st_size > 10_000
    lines = (cli.folder / "engines.csv").read_text().splitlines()
    assert len(lines) == 133
    assert lines[0].startswith("feature,unit,n_clips,n_in_one,median,largest")
    again = cli("compare-engines", folder, "--corpus", "folder")
    assert again.status == 2
    assert "--force" in again.err
    unknown = cli("compare-engines", folder, "--corpus", "folder", "--feature", "f0", "--out", "b.csv")
    assert unknown.status == 2
    assert not (cli.folder / "b.csv").exists()
