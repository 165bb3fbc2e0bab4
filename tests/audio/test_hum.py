"""Mains hum is detected and removed, and nothing else is changed."""

import numpy as np
import pytest
import soundfile

from prosody_ser import extract_table, measure_signal
from prosody_ser.audio.high_pass import high_passed
from prosody_ser.audio.hum import without_hum
from tests.support.signals import RATE, speech_like, voice, write_wav


def hum(n, hz, level_db, n_multiples=1, rate=RATE):
    """Make hum with a level in dB re full scale (RMS), and multiples that fall by 6 dB per octave."""
    t = np.arange(n) / rate
    wave = sum(np.sin(2 * np.pi * hz * k * t + k) / k for k in range(1, n_multiples + 1))
    return 10 ** (level_db / 20) * wave / np.sqrt(np.mean(wave**2))


@pytest.mark.parametrize("hz", [50.0, 49.87, 60.0, 60.13])
def test_hum_goes_and_speech_stays(hz):
    speech = high_passed(speech_like(1))
    for level_db in (-20, -30, -40):
        cleared, hum_hz = without_hum(speech + hum(speech.size, hz, level_db))
        assert hum_hz == pytest.approx(hz, abs=0.1)
        left_db = 10 * np.log10(np.mean((cleared - speech) ** 2))
        assert left_db < max(level_db - 15, -52)


@pytest.mark.parametrize(("hz", "n_multiples"), [(50, 1), (60, 1), (50, 4), (60, 4)])
def test_pitch_of_real_speech_is_that_without_hum(emodb, hz, n_multiples):
    """Without this, hum at -30 dBFS moved the median pitch of these clips by up to 18 semitones."""
    for path in sorted(emodb.glob("*.wav"))[::90]:
        samples, rate = soundfile.read(path)
        plain = measure_signal(samples, rate)
        hummed = measure_signal(samples + hum(samples.size, hz, -30, n_multiples, rate), rate)
        assert hummed["f0_p50_st"] == pytest.approx(plain["f0_p50_st"], abs=0.4)
        assert hummed["voiced_share_ratio"] == pytest.approx(plain["voiced_share_ratio"], abs=0.12)


@pytest.mark.parametrize("corpus", ["emodb_table", "ravdess_table"])
def test_no_clip_of_the_corpora_has_any(request, corpus):
    """Studio recordings contain no hum, so anything detected would be voice."""
    assert not request.getfixturevalue(corpus).frame["note"].str.contains("hum").any()


def test_what_is_no_hum_is_left_as_it_is():
    rng = np.random.default_rng(0)
    t = np.arange(2 * RATE) / RATE
    sounds = {
        "speech": speech_like(3),
        "a steady voice at a multiple": voice(100, 2.0),
        "a deep voice": voice(60 * 2 ** (0.05 * np.sin(2 * np.pi * 3 * t)), 2.0),
        "the tone itself": 0.3 * np.sin(2 * np.pi * 60 * t),
        "noise": rng.normal(size=2 * RATE) * 0.1,
        "a monotone": voice(60, 2.0),
        "a vowel held without a pause, with a little hum": voice(100, 2.0) + hum(2 * RATE, 50, -45),
        "hum for a while": speech_like(1) + np.r_[np.zeros(RATE), hum(speech_like(1).size - RATE, 50, -30)],
        "too short to tell": voice(180, 0.4) + hum(round(0.4 * RATE), 60, -30),
        "too soft to matter": speech_like(3) + hum(speech_like(3).size, 50, -60),
        "silence": np.zeros(RATE),
    }
    for name, sound in sounds.items():
        cleared, hz = without_hum(sound)
        assert cleared is sound, name
        assert hz is None, name


@pytest.mark.parametrize("seconds", [0.05, 0.5, 3.0])
def test_silence_put_before_and_after_changes_nothing(seconds):
    hummed = high_passed(speech_like(1)) + hum(speech_like(1).size, 50, -30)
    silence = np.zeros(round(seconds * RATE))
    padded, _ = without_hum(np.concatenate([silence, hummed, silence]))
    assert np.array_equal(padded[silence.size : silence.size + hummed.size], without_hum(hummed)[0])


def test_where_soft_moments_were_silenced_nothing_gets_worse():
    """A noise gate also removes the hum while it is closed."""
    speech = speech_like(1)
    hummed = speech + hum(speech.size, 50, -30)
    is_open = np.convolve(hummed**2, np.ones(800) / 800, mode="same") > 0.05**2
    cleared, _ = without_hum(np.where(is_open, hummed, 0.0))
    left, before = (np.mean((sound - speech)[is_open] ** 2) for sound in (cleared, hummed))
    assert left <= before


def test_hum_that_drifts_over_a_minute_goes_too():
    speech = np.tile(high_passed(speech_like(1)), 30)
    phase = 2 * np.pi * np.cumsum(50 + 0.03 * np.sin(2 * np.pi * np.arange(speech.size) / RATE / 40)) / RATE
    cleared, _ = without_hum(speech + 10 ** (-30 / 20) * np.sqrt(2) * np.sin(phase))
    assert 10 * np.log10(np.mean((cleared - speech) ** 2)) < -42


def test_the_table_says_so(tmp_path):
    speech = speech_like(1)
    write_wav(tmp_path / "a.wav", speech + hum(speech.size, 50, -30))
    note = extract_table(tmp_path / "a.wav", jobs=1, cache=False).frame["note"].iloc[0]
    assert note == "mains hum at 50.0 Hz was removed before level and pitch were measured"
