"""Glottal pulses of signals whose pulses are known, and those that Praat finds."""

import numpy as np
import parselmouth
import pytest
from numpy.testing import assert_allclose

from prosody_ser.contours.kernels.pulses import glottal_pulses

RATE_HZ, STEP_S = 16000, 0.01


def buzz(f0_hz, duration_s):
    """Add up the harmonics of a voice below 8 kHz, with one peak in each period."""
    t = (np.arange(int(duration_s * RATE_HZ)) + 0.5) / RATE_HZ
    return sum(np.cos(2 * np.pi * f0_hz * k * t) / k for k in range(1, int(8000 / f0_hz)))


@pytest.mark.parametrize("f0_hz", [90, 300, 2000])  # the last one has more pulses than there is room for at first
def test_each_period_of_a_steady_voice_has_one_pulse(f0_hz):
    pulses_s = glottal_pulses(buzz(f0_hz, 1.0), RATE_HZ, np.full(98, float(f0_hz)), 0.015, STEP_S)
    assert_allclose(np.diff(pulses_s), 1 / f0_hz, atol=0.2 / RATE_HZ)
    assert_allclose(np.diff(pulses_s).mean(), 1 / f0_hz, rtol=1e-3)
    assert abs(len(pulses_s) - 0.98 * f0_hz) <= 0.01 * f0_hz + 2  # one may lie beyond either end


@pytest.mark.praat
@pytest.mark.parametrize("f0_hz", [90, 300])
def test_pulses_are_those_of_praat(f0_hz):
    rng = np.random.default_rng(f0_hz)
    samples = buzz(f0_hz, 1.0) * np.repeat([1, 0, 0.5, 1], RATE_HZ // 4) + 0.01 * rng.normal(size=RATE_HZ)
    sound = parselmouth.Sound(samples, RATE_HZ)
    pitch = parselmouth.praat.call(sound, "To Pitch", STEP_S, 75, 600)
    process = parselmouth.praat.call([sound, pitch], "To PointProcess (cc)")
    n = parselmouth.praat.call(process, "Get number of points")
    theirs = [parselmouth.praat.call(process, "Get time from index", i + 1) for i in range(n)]
    f0 = pitch.selected_array["frequency"]
    ours = glottal_pulses(samples - samples.mean(), RATE_HZ, np.where(f0 > 0, f0, np.nan), pitch.x1, pitch.dx)
    assert n > 0.5 * f0_hz
    assert_allclose(ours, theirs, atol=1e-6)


def test_nothing_voiced_has_no_pulse():
    assert glottal_pulses(np.ones(RATE_HZ), RATE_HZ, np.full(98, np.nan), 0.015, STEP_S).size == 0
