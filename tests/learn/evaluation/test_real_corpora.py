"""The scores that the project promises on real corpora; each test needs recordings that are not in the repository."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import soxr

from prosody_ser import evaluate, extract_table, make_pipeline
from prosody_ser.catalogue import all_features, feature_set
from prosody_ser.features import Job, measure_file
from tests.support.project import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.real_data]


@pytest.mark.parametrize(("speaker_norm", "least"), [("none", 0.66), ("speaker", 0.79)])
def test_emodb_reaches_what_egemaps_reaches(emodb_table, speaker_norm, least):
    """openSMILE's eGeMAPSv02 with an SVM, leave one speaker out: 0.66 blind, 0.79 speaker-normalised."""
    assert evaluate(emodb_table, make_pipeline("svm", speaker_norm=speaker_norm)).uar >= least


@pytest.mark.thorough
def test_the_reference_engine_scores_as_the_fast_one(emodb, emodb_table):
    """Praat and librosa themselves, all 535 clips: UAR within .01."""
    reference = extract_table(emodb, engine="reference")
    scores = [evaluate(table, make_pipeline("lda")).uar for table in (emodb_table, reference)]
    assert scores[1] == pytest.approx(scores[0], abs=0.01)


@pytest.mark.thorough
def test_a_speaker_by_the_reference_engine_is_heard_as_by_the_fast_one(emodb, emodb_table):
    """With a model that was not trained on her, at most one of her clips in fifty gets another label."""
    heard = (emodb_table.frame["speaker"] == "09").to_numpy()
    reference = extract_table(sorted(emodb.glob("09*.wav")), engine="reference")
    names = emodb_table.frame["file"][heard]
    assert [Path(file).name for file in reference.frame["file"]] == names.tolist()
    model = make_pipeline("lda").fit(emodb_table.X[~heard], emodb_table.y[~heard])
    by_fast, by_reference = model.predict(emodb_table.X[heard]), model.predict(reference.X)
    assert np.mean(by_fast == by_reference) >= 0.98


def test_ravdess_is_far_above_chance(ravdess_table):
    assert evaluate(ravdess_table, make_pipeline("svm")).uar > 0.45


@pytest.mark.parametrize("corpus", ["emodb_table", "ravdess_table"])
def test_every_clip_is_measured_within_the_valid_ranges(request, corpus):
    table = request.getfixturevalue(corpus)
    assert (table.frame["status"] == "ok").all()
    for name in table.feature_names:
        values = table.frame[name].dropna()
        feature = all_features()[name]
        assert values.between(feature.minimum, feature.maximum).all(), name
        if name != "pause_mean_s":  # most clips have no pause
            assert len(values) >= 0.95 * len(table), name
        assert values.nunique() > 2, name


def test_every_feature_of_the_full_set_is_measured_within_its_range(emodb_full):
    for feature in feature_set("full_v1"):
        values = emodb_full.frame[feature.name].dropna()
        assert values.between(feature.minimum, feature.maximum).all(), feature.name
        if not feature.name.startswith("pause_"):
            assert len(values) >= 0.9 * len(emodb_full), feature.name
        assert values.nunique() > 2, feature.name


@pytest.mark.parametrize("subtype", ["PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("channels", [1, 2])
def test_storage_makes_no_difference(emodb, emodb_full, tmp_path, subtype, channels):
    """The same 16-bit samples in any format give the same row, to a thousandth of each feature's spread."""
    spread = emodb_full.frame[list(emodb_full.feature_names)].std().to_numpy()
    for name in ("03a01Fa.wav", "13a02Ta.wav"):
        samples, rate_hz = soundfile.read(emodb / name)
        soundfile.write(tmp_path / name, np.column_stack([samples] * channels), rate_hz, subtype=subtype)
        row, stored = (measure_file(str(f / name), Job("full_v1")).values[0] for f in (emodb, tmp_path))
        np.testing.assert_array_equal(np.isnan(row), np.isnan(stored))
        assert np.nanmax(np.abs(row - stored) / spread) < 1e-3


@pytest.mark.parametrize(
    ("subtype", "most"),
    [
        ("FLOAT", 0.01),
        ("PCM_16", 0.25),  # in soft recordings, rounding is noise within the 80 dB of the mel bands
    ],
)
def test_a_48_khz_recording_agrees_with_its_16_khz_copy(ravdess, tmp_path, subtype, most):
    """Over a few clips no feature of the small set moves by more than a share of its spread (median over clips)."""
    clips = sorted(ravdess.glob("Actor_0[1-4]/*.flac"))[::12]
    rows, copies = [], []
    for path in clips:
        samples, rate_hz = soundfile.read(path, always_2d=True)
        copy = tmp_path / f"{path.stem}.wav"
        resampled = soxr.resample(samples.mean(axis=1), rate_hz, 16000, quality="HQ")
        soundfile.write(copy, resampled, 16000, subtype=subtype)
        rows.append(measure_file(str(path), Job("prosody_v1")).values[0])
        copies.append(measure_file(str(copy), Job("prosody_v1")).values[0])
    rows, copies = np.stack(rows), np.stack(copies)
    moved = np.nanmedian(np.abs(rows - copies), axis=0) / np.nanstd(rows, axis=0)
    assert moved.max() < most


def test_ravdess_silence_is_cut_and_emodb_has_little(emodb_table, ravdess_table):
    assert ravdess_table.frame["lead"].median() == pytest.approx(1.0, abs=0.2)
    assert emodb_table.frame["lead"].median() < 0.2


def test_women_speak_higher_than_men(emodb_table):
    f0 = emodb_table.frame.groupby("sex")["f0_p50_st"].median()
    assert 5 < f0["female"] - f0["male"] < 12


def test_agreement_with_egemaps(emodb_full):
    """The gates of benchmarks/README.md, against what openSMILE measured on the same clips."""
    from benchmarks.egemaps_agreement import PAIRS, agreement

    theirs = pd.read_csv(ROOT / "benchmarks" / "egemaps_emodb.csv", index_col="file")
    assert len(theirs) == 535
    for (name, _, least, _), correlation in zip(PAIRS, agreement(emodb_full.frame, theirs), strict=True):
        assert least is None or correlation >= least, name
