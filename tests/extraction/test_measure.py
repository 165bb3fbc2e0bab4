"""One recording, or sound in memory, has the values of its row in a table."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from prosody_ser import extract_table, feature_set, measure_file, measure_signal
from prosody_ser.errors import CorpusError, ProtocolError, RecordingError
from tests.support.bad_recordings import MATRIX
from tests.support.signals import RATE, speech_like, voice, write_wav


def values_in_table(path, **options):
    table = extract_table(path, jobs=1, **options)
    assert table.frame["status"].tolist() == ["ok"]
    return table.frame.loc[0, list(table.feature_names)].astype(float)


def assert_same(measured, expected):
    pd.testing.assert_series_equal(measured, expected, check_names=False, check_exact=True)


@pytest.mark.parametrize("features", ["prosody_v1", "full_v1"])
def test_a_file_has_the_values_of_its_row(tmp_path, features):
    path = write_wav(tmp_path / "a.wav", speech_like())
    measured = measure_file(path, features=features)
    assert list(measured.index) == [feature.name for feature in feature_set(features)]
    assert measured.dtype == np.float64
    assert_same(measured, values_in_table(path, features=features))


def test_real_clips_have_the_values_of_their_rows(emodb, ravdess):
    stereo = [path for path in ravdess.rglob("*.flac") if soundfile.info(path).channels == 2]
    for path in [*sorted(emodb.glob("*.wav"))[:2], *stereo[:1]]:
        expected = values_in_table(path)
        assert_same(measure_file(str(path)), expected)
        assert_same(measure_signal(*soundfile.read(path)), expected)
        assert_same(measure_signal(*soundfile.read(path, dtype="int16")), expected)
        assert_same(measure_signal(path.read_bytes()), expected)


@pytest.mark.parametrize(("dtype", "subtype"), [("int16", "PCM_16"), ("int32", "PCM_24"), ("uint8", "PCM_U8")])
def test_integer_samples_are_scaled_as_a_files_are(tmp_path, dtype, subtype):
    path = write_wav(tmp_path / "a.wav", np.column_stack([speech_like(0), 0.5 * speech_like(0)]), subtype=subtype)
    samples, _ = soundfile.read(path)
    scaled = {"int16": samples * 2**15, "int32": samples * 2**31, "uint8": samples * 128 + 128}[dtype].astype(dtype)
    assert_same(measure_signal(scaled, RATE), measure_file(path))


def test_a_stretch_is_the_stretch_of_the_samples(tmp_path):
    samples = speech_like()
    path = write_wav(tmp_path / "a.wav", samples, subtype="DOUBLE")
    measured = measure_file(path, start_s=0.25, end_s=1.0)
    assert_same(measured, measure_signal(samples[RATE // 4 : RATE], RATE))


def test_stereo_is_the_mean_of_its_channels():
    samples = speech_like()
    assert_same(measure_signal(np.column_stack([samples, samples]), RATE), measure_signal(samples, RATE))


@pytest.mark.parametrize("name", ["text", "truncated data", "0 samples", "1 sample at 48 kHz", "silence", "NaN"])
def test_a_bad_recording_is_an_error_that_says_what_the_row_says(tmp_path, name):
    make, status = MATRIX[name]
    path = tmp_path / "bad.wav"
    make(path)
    with pytest.raises(RecordingError) as refused:
        measure_file(path)
    row = extract_table(path, jobs=1).frame.iloc[0]
    assert (status, refused.value.status, str(refused.value)) == (row["status"],) * 2 + (f"{path}: {row['error']}",)


@pytest.mark.parametrize(
    ("samples", "rate", "says"),
    [
        (np.zeros(RATE), RATE, "silent"),
        (np.zeros(0), RATE, "no samples"),
        (np.full(RATE, np.nan), RATE, "NaN"),
        (np.arange(RATE), RATE, "samples of type int64"),
        (np.array(["a"]), RATE, "samples of type"),
        (np.zeros((2, RATE)), RATE, r"must be \(n,\) or \(n, channels\)"),
        (0.5, RATE, "samples of shape"),
        (voice(), 3, "invalid sample rate of 3 Hz"),
        (voice(), "16k", "invalid sample rate '16k'"),
        (voice(), None, "sample_rate_hz is missing"),
        (b"no sound", None, "not a recording"),
        ("clip.wav", None, "'clip.wav' is a path, not a sound: use measure_file"),
        (Path("clip.wav"), RATE, "'clip.wav' is a path, not a sound: use measure_file"),
        (io.BytesIO(), None, "an open file is not a sound"),
    ],
)
def test_what_is_no_sound_is_reported(samples, rate, says):
    with pytest.raises(RecordingError, match=says):
        measure_signal(samples, rate)


def test_other_wrong_arguments_are_reported(tmp_path):
    path = write_wav(tmp_path / "a.wav", voice())
    for features in ("egemaps", ["f0_mean_st"], None):
        with pytest.raises(ProtocolError, match="unknown feature set"):
            measure_file(path, features=features)
    with pytest.raises(CorpusError, match="2 recordings were given"):
        measure_file([path, path])


def test_bytes_of_any_audio_file():
    buffer = io.BytesIO()
    soundfile.write(buffer, speech_like(), RATE, format="FLAC")
    buffer.seek(0)
    samples, rate = soundfile.read(buffer)
    assert_same(measure_signal(buffer.getvalue()), measure_signal(samples, rate))
