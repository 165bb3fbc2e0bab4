"""Decoding, endpoints and invalid recordings."""

import numpy as np
import pytest
import soundfile

from prosody_ser.audio.endpoints import find_endpoints
from prosody_ser.audio.frames import FRAME_STEP, SAMPLE_RATE_HZ
from prosody_ser.audio.high_pass import high_passed
from prosody_ser.audio.prepare import prepare_audio, read_audio
from prosody_ser.errors import RecordingError
from tests.support.bad_recordings import BAD
from tests.support.signals import RATE, voice, write_wav


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("channels", [1, 2])
def test_one_signal_in_any_format_is_one_audio(tmp_path, subtype, channels):
    samples = np.round(voice() * 2**15) / 2**15  # 16-bit values, exact in every format
    stored = np.column_stack([samples] * channels)
    audio = read_audio(write_wav(tmp_path / "a.wav", stored, subtype=subtype))
    assert audio.sample_rate_hz == SAMPLE_RATE_HZ
    reference = prepare_audio(samples, RATE)
    np.testing.assert_allclose(audio.samples, reference.samples, atol=1e-9)


def test_eight_bit_is_scaled_not_cast(tmp_path):
    samples = voice(amplitude=0.5)
    audio = read_audio(write_wav(tmp_path / "a.wav", samples, subtype="PCM_U8"))
    assert 0.45 < np.abs(audio.samples).max() < 0.55


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000])
def test_resampling_keeps_duration_and_level(rate):
    audio = prepare_audio(voice(seconds=1.0, rate=rate), rate)
    assert audio.duration_s == pytest.approx(1.0, abs=1e-3)
    assert np.sqrt(np.mean(audio.samples**2)) == pytest.approx(np.sqrt(np.mean(voice() ** 2)), rel=0.02)


def test_extension_is_not_trusted(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, voice(), RATE, format="AIFF")
    assert read_audio(path).samples.size > 0


def ends_of(samples):
    """Return the first sample of the speech and the one after its last."""
    endpoints = find_endpoints(high_passed(samples))
    return endpoints.start, endpoints.end


@pytest.mark.parametrize(("lead", "trail"), [(0.0, 0.0), (0.5, 0.0), (0.3, 1.2)])
def test_endpoints_cut_the_silence_and_nothing_else(lead, trail):
    speech = voice(seconds=0.8)
    samples = np.concatenate([np.zeros(round(lead * RATE)), speech, np.zeros(round(trail * RATE))])
    endpoints = find_endpoints(high_passed(samples))
    assert endpoints.start / RATE == pytest.approx(lead, abs=0.035)
    assert endpoints.end / RATE == pytest.approx(lead + 0.8, abs=0.035)
    assert endpoints.power.size == (endpoints.end - endpoints.start) // FRAME_STEP


def test_endpoints_do_not_move_with_longer_silence_or_gain():
    speech = np.concatenate([voice(seconds=0.5), 0.1 * voice(seconds=0.5)])
    padded = np.concatenate([np.zeros(RATE // 2), speech, np.zeros(RATE // 2)])
    start, end = ends_of(padded)
    longer = np.concatenate([np.zeros(RATE), padded, np.zeros(2 * RATE)])
    assert ends_of(longer) == (start + RATE, end + RATE)
    assert ends_of(0.01 * padded) == (start, end)


@pytest.mark.parametrize("case", BAD)
def test_bad_recordings_say_why(tmp_path, case):
    make, status = BAD[case]
    path = tmp_path / "bad.wav"
    make(path)
    with pytest.raises(RecordingError) as error:
        read_audio(path)
    assert error.value.status == status
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("segment", [(-1.0,), (np.nan,), (np.inf,), (0.5, 0.5), (0.5, 0.2), (0.0, np.inf)])
def test_invalid_segments(tmp_path, segment):
    with pytest.raises(RecordingError, match="the start must be 0 or later and come before the end") as refused:
        read_audio(write_wav(tmp_path / "a.wav", voice(120)), *segment)
    assert refused.value.status == "out_of_range"


@pytest.mark.parametrize("rate", [1, 100, 2_000_000_000])
def test_an_impossible_sample_rate_is_no_recording(rate):
    with pytest.raises(RecordingError, match="invalid sample rate"):
        prepare_audio(voice(), rate)
