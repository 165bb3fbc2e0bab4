"""Endpoints of speech in noise, hum and clicks are those of the clean recording, whose silence is known."""

import numpy as np
import pytest
import soundfile

from prosody_ser.audio.bandwidth import bandwidth_hz, held_rate_hz
from prosody_ser.audio.endpoints import find_endpoints
from prosody_ser.audio.frames import SAMPLE_RATE_HZ
from prosody_ser.audio.high_pass import high_passed
from prosody_ser.audio.prepare import prepare_audio
from tests.support.measuring import row_of
from tests.support.signals import RATE, speech_like, voice

SILENCE_S = 1.0


def recordings(clips):
    """Clips with a second of a quiet room before and after each."""
    rng = np.random.default_rng(0)
    quiet = 1e-6 * rng.normal(size=round(SILENCE_S * RATE))
    return [np.concatenate([quiet, samples, quiet]) for samples in clips]


def real_clips(emodb, ravdess):
    files = [*sorted(emodb.glob("*.wav"))[::60], *sorted(ravdess.glob("*/*.flac"))[::80]]
    return [prepare_audio(*soundfile.read(file)).samples for file in files]


def noise_like(kind, size):
    rng = np.random.default_rng(1)
    if kind == "white":
        return rng.normal(size=size)
    if kind == "hum":
        t = np.arange(size) / RATE
        return np.sin(2 * np.pi * 60 * t) + 0.3 * np.sin(2 * np.pi * 120 * t)
    frequency = np.fft.rfftfreq(size)
    frequency[0] = frequency[1]
    return np.fft.irfft(np.fft.rfft(rng.normal(size=size)) / np.sqrt(frequency), size)


def ends_s(samples):
    endpoints = find_endpoints(high_passed(samples))
    return np.array([endpoints.start, endpoints.end]) / SAMPLE_RATE_HZ


@pytest.mark.parametrize("kind", ["white", "pink", "hum"])
@pytest.mark.parametrize(
    ("snr_db", "usual_s", "most_s"), [(40, 0.02, 0.1), (30, 0.02, 0.3), (20, 0.06, 0.3), (10, 0.2, 0.6)]
)
def test_steady_noise_moves_the_endpoints_of_real_speech_little(emodb, ravdess, kind, snr_db, usual_s, most_s):
    """The SNR is that of the whole speech; at 10 dB, a soft end is below the noise, and no rule can find it."""
    off = []
    for samples in recordings(real_clips(emodb, ravdess)):
        clean = ends_s(samples)
        start, end = (clean * RATE).astype(int)
        noise = noise_like(kind, samples.size)
        noise *= np.sqrt((samples[start:end] ** 2).mean() / (noise**2).mean()) * 10 ** (-snr_db / 20)
        off.append(np.abs(ends_s(samples + noise) - clean))
    assert (np.median(off, axis=0) <= usual_s).all()
    assert np.quantile(off, 0.95) <= most_s


@pytest.mark.parametrize("kind", ["white", "pink", "hum"])
@pytest.mark.parametrize("snr_db", [40, 20, 10])
def test_noise_around_a_known_voice_is_cut(kind, snr_db):
    (samples,) = recordings([speech_like(0)])
    clean = ends_s(samples)
    noise = noise_like(kind, samples.size)
    noise *= np.sqrt((speech_like(0) ** 2).mean() / (noise**2).mean()) * 10 ** (-snr_db / 20)
    np.testing.assert_allclose(ends_s(samples + noise), clean, atol=0.15)


@pytest.mark.parametrize("size", [0.1, 0.9])
@pytest.mark.parametrize("length_s", [0.0006, 0.003])
def test_clicks_in_the_silence_move_no_endpoint(size, length_s):
    (samples,) = recordings([speech_like(1)])
    clicked = samples.copy()
    for time_s in (0.05, 0.3, 0.65, samples.size / RATE - 0.4):
        clicked[round(time_s * RATE) : round((time_s + length_s) * RATE)] += size
    np.testing.assert_allclose(ends_s(clicked), ends_s(samples), atol=0.021)
    plain, row = row_of(samples), row_of(clicked)
    for name in ("speech_rate_per_s", "voiced_share_ratio", "intensity_mean_db"):
        assert row[name] == pytest.approx(plain[name], rel=0.05), name


def test_hum_under_a_voice_leaves_its_pitch():
    samples = speech_like(2)
    hum = 10 ** (-30 / 20) * np.sin(2 * np.pi * 60 * np.arange(samples.size) / RATE)
    plain, hummed = row_of(samples), row_of(samples + hum)
    assert hummed["f0_mean_st"] == pytest.approx(plain["f0_mean_st"], abs=0.5)


def test_a_steady_tone_is_no_noise():
    endpoints = find_endpoints(high_passed(voice(300, 2.0)))
    assert endpoints.noise_power == 0
    assert (endpoints.end - endpoints.start) / RATE == pytest.approx(2.0, abs=0.03)


def test_the_high_pass_takes_rumble_and_leaves_voices():
    t = np.arange(2 * RATE) / RATE
    for hz, gain_db in ((20, -32), (71, -0.3), (200, 0.0)):
        passed = high_passed(np.sin(2 * np.pi * hz * t))[RATE:]
        assert 20 * np.log10(np.sqrt(2 * (passed**2).mean())) == pytest.approx(gain_db, abs=1.0)
    silent = np.concatenate([0.1 * voice(), np.zeros(RATE), 0.1 * voice()]) + 0.2
    assert (high_passed(silent)[RATE : 2 * RATE] == 0).all()


@pytest.mark.parametrize("rate", [8000, 11025])
def test_the_band_is_detected_in_the_sound(emodb, rate):
    """Recordings with a narrow band keep their bandwidth when they are stored at 16 or 44.1 kHz."""
    import soxr

    for file in sorted(emodb.glob("*.wav"))[::90]:
        samples, stored = soundfile.read(file)
        assert bandwidth_hz(prepare_audio(samples, stored).samples) == 8000
        narrow = soxr.resample(samples, stored, rate)
        told = row_of(narrow, rate=rate)
        for again in (16000, 44100):
            wide = prepare_audio(np.round(soxr.resample(narrow, rate, again) * 32767) / 32767, again)
            assert wide.bandwidth_hz == pytest.approx(rate / 2, rel=0.08)
            assert held_rate_hz(wide.bandwidth_hz, again) == rate
        row = row_of(np.round(soxr.resample(narrow, rate, 16000) * 32767) / 32767)
        assert [np.isnan(row[name]) for name in row] == [np.isnan(told[name]) for name in told]
        assert row["f0_p50_st"] == pytest.approx(told["f0_p50_st"], abs=0.1)


def test_a_recording_of_the_whole_band_keeps_its_own_rate():
    noise = np.random.default_rng(0).normal(size=RATE)
    assert bandwidth_hz(noise) == 8000
    assert held_rate_hz(8000, 44100) == 44100
    assert held_rate_hz(4000, 8000) == 8000
    assert held_rate_hz(2000, 4000) == 4000
