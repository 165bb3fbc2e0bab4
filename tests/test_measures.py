"""Jitter, shimmer, pauses, voicing and syllables on signals whose values are known."""

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from prosody_ser.audio import prepare_audio
from prosody_ser.contours import Analysis
from prosody_ser.measures.syllables import syllable_measures, syllable_nuclei
from prosody_ser.measures.timing import pauses, timing_measures
from prosody_ser.measures.voice import voice_measures

from .conftest import RATE, voice

#: Pauses are seen in steps of 10 ms.
EDGES_S = 0.015


def analysis(samples):
    return Analysis(prepare_audio(samples, RATE))


def pulse_train(periods_s, amplitudes, rate=RATE):
    """A damped resonance excited once a period: voice whose periods and amplitudes are known."""
    starts = np.cumsum(periods_s)
    t = np.arange(round((starts[-1] + 0.05) * rate)) / rate
    signal = np.zeros(t.size)
    for start, amplitude in zip(starts, amplitudes, strict=True):
        after = t - start
        on = after >= 0
        signal[on] += amplitude * np.exp(-300 * after[on]) * np.sin(2 * np.pi * 700 * after[on])
    return 0.3 * signal / np.abs(signal).max()


def local(values):
    """Mean absolute difference of neighbours over the mean: the definition of local jitter and shimmer."""
    return np.abs(np.diff(values)).mean() / values.mean()


@pytest.mark.parametrize("spread", [0.005, 0.01, 0.02])
def test_jitter_of_known_periods(spread):
    periods = 0.008 * (1 + np.random.default_rng(5).normal(scale=spread, size=150))
    measured = voice_measures(analysis(pulse_train(periods, np.ones(150))))
    assert measured["jitter_local_ratio"] == pytest.approx(local(periods), rel=0.15)


def test_steady_periods_have_no_jitter():
    measured = voice_measures(analysis(pulse_train(np.full(120, 0.008), np.ones(120))))
    assert measured["jitter_local_ratio"] < 0.001
    assert measured["shimmer_local_ratio"] < 0.005


@pytest.mark.parametrize("spread", [0.03, 0.06])
def test_shimmer_of_known_amplitudes(spread):
    amplitudes = 1 + np.random.default_rng(6).normal(scale=spread, size=150)
    measured = voice_measures(analysis(pulse_train(np.full(150, 0.008), amplitudes)))
    assert measured["shimmer_local_ratio"] == pytest.approx(local(amplitudes), rel=0.2)


def test_jitter_and_shimmer_are_those_of_praat():
    rng = np.random.default_rng(0)
    samples = pulse_train(0.007 * (1 + rng.normal(scale=0.01, size=150)), 1 + rng.normal(scale=0.05, size=150))
    clip = analysis(samples)
    sound = parselmouth.Sound(clip.audio.samples, RATE)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=clip.pitch.floor_hz, pitch_ceiling=clip.pitch.ceiling_hz)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    measured = voice_measures(clip)
    assert measured["jitter_local_ratio"] == call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)
    assert measured["shimmer_local_ratio"] == call([sound, pulses], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6)


def test_voiceless_clips_have_no_jitter():
    noise = np.random.default_rng(1).normal(scale=0.1, size=RATE // 2)
    assert timing_measures(analysis(noise))["voiced_share_ratio"] < 0.1
    silent_folds = voice_measures(analysis(np.random.default_rng(4).normal(scale=0.1, size=RATE // 8)))
    assert all(np.isnan(value) for value in silent_folds.values())


def test_known_pauses():
    gap = np.zeros(round(0.4 * RATE))
    short = np.zeros(round(0.1 * RATE))
    samples = np.concatenate(
        [voice(seconds=0.6), gap, voice(seconds=0.6), short, voice(seconds=0.6), gap, voice(seconds=0.6)]
    )
    clip = analysis(samples)
    lengths = np.diff(pauses(clip), axis=1).ravel()
    assert lengths.size == 2  # 0.1 s is no pause
    np.testing.assert_allclose(lengths, 0.4, rtol=0, atol=EDGES_S)
    measured = timing_measures(clip)
    assert measured["pause_share_ratio"] == pytest.approx(0.8 / 3.3, abs=0.01)
    assert measured["pause_mean_s"] == pytest.approx(0.4, abs=EDGES_S)
    assert measured["voiced_rate_per_s"] == pytest.approx(4 / 3.3, rel=0.05)


@pytest.mark.parametrize(("gap_s", "is_pause"), [(0.18, False), (0.22, True), (0.30, True)])
@pytest.mark.parametrize("background", [0.0, 1e-4])
def test_a_pause_is_two_tenths_of_a_second(gap_s, is_pause, background):
    samples = np.concatenate([voice(seconds=0.6), np.zeros(round(gap_s * RATE)), voice(seconds=0.6)])
    samples += background * np.random.default_rng(0).normal(size=samples.size)
    lengths = np.diff(pauses(analysis(samples)), axis=1).ravel()
    assert (lengths.size == 1) == is_pause
    np.testing.assert_allclose(lengths, gap_s, rtol=0, atol=EDGES_S)


def test_no_pause_has_no_mean_length():
    measured = timing_measures(analysis(voice()))
    assert measured["pause_rate_per_s"] == 0
    assert np.isnan(measured["pause_mean_s"])


@pytest.mark.parametrize("rate_per_s", [3.0, 5.0])
def test_syllables_of_a_modulated_voice(rate_per_s):
    """A voice that swells and fades n times a second has n nuclei a second."""
    seconds = 3.0
    t = np.arange(round(seconds * RATE)) / RATE
    envelope = 10 ** (-15 * (1 + np.cos(2 * np.pi * rate_per_s * t)) / 2 / 20)
    clip = analysis(voice(150, seconds) * envelope)
    assert syllable_nuclei(clip).size == pytest.approx(seconds * rate_per_s, abs=1)
    assert syllable_measures(clip)["speech_rate_per_s"] == pytest.approx(rate_per_s, rel=0.1)


def test_pauses_slow_speech_but_not_articulation():
    t = np.arange(2 * RATE) / RATE
    envelope = 10 ** (-15 * (1 + np.cos(2 * np.pi * 4 * t)) / 2 / 20)
    phrase = voice(150, 2.0) * envelope
    plain = syllable_measures(analysis(np.concatenate([phrase, phrase])))
    broken = syllable_measures(analysis(np.concatenate([phrase, np.zeros(RATE), phrase])))
    assert broken["speech_rate_per_s"] == pytest.approx(plain["speech_rate_per_s"] * 4 / 5, rel=0.05)
    assert broken["articulation_rate_per_s"] == pytest.approx(plain["articulation_rate_per_s"], rel=0.05)


def test_a_dip_below_two_decibels_is_no_new_syllable():
    t = np.arange(2 * RATE) / RATE
    envelope = 10 ** (-1.0 * (1 + np.cos(2 * np.pi * 4 * t)) / 2 / 20)
    assert syllable_nuclei(analysis(voice(150, 2.0) * envelope)).size <= 1
