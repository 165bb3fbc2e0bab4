"""Voice is distinguished from sounds that are periodic for a moment; very low and very high voices are kept."""

import numpy as np
import pytest

from prosody_ser.contours.voicing import plausible_runs
from tests.support.measuring import analysis
from tests.support.signals import RATE, voice


@pytest.mark.parametrize("f0_hz", [60, 71, 820, 900, 1000])
def test_deep_and_high_voices_are_neither_doubled_nor_halved(f0_hz):
    seconds = 1.0
    vibrato = f0_hz * (1 + 0.01 * np.sin(2 * np.pi * 5 * np.arange(round(seconds * RATE)) / RATE))
    pitch = analysis(voice(vibrato, seconds)).pitch
    assert np.nanmedian(pitch.f0_hz) == pytest.approx(f0_hz, rel=0.01)
    assert np.isfinite(pitch.f0_hz).mean() > 0.9


def test_a_low_fall_at_the_end_is_within_the_range():
    """A voice that falls from 150 to 75 Hz within its last fifth."""
    n = 2 * RATE
    f0 = np.full(n, 150.0)
    f0[-n // 5 :] = np.linspace(150, 75, n // 5)
    clip = analysis(voice(f0, 2.0))
    assert clip.pitch.floor_hz < 75
    assert clip.pitch.f0_hz[clip.voiced][-5:].mean() < 90


def whisper(seconds=1.5):
    """Noise through wide formants, as with an open glottis, which is not periodic."""
    from scipy.signal import lfilter

    samples = np.random.default_rng(3).normal(size=round(seconds * RATE))
    for hz, width_hz in ((600, 120), (1300, 150), (2500, 200)):
        radius = np.exp(-np.pi * width_hz / RATE)
        samples = lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * hz / RATE), radius**2], samples)
    envelope = 0.5 - 0.5 * np.cos(2 * np.pi * 3 * np.arange(samples.size) / RATE)
    return 0.3 * envelope * samples / np.abs(samples).max()


def test_whisper_has_hardly_any_voice():
    assert analysis(whisper()).voiced.mean() < 0.1


def test_short_and_stray_runs_are_no_voice():
    f0 = np.full(100, np.nan)
    f0[10:60] = 100.0
    f0[70:73] = 105.0  # 30 ms
    f0[80:86] = 700.0  # far off, weak and short
    f0[90:100] = 400.0  # as far, but it lasts
    strength = np.where(np.isfinite(f0), 0.6, np.nan)
    kept = plausible_runs(f0, strength, 0.01)
    assert np.flatnonzero(np.isfinite(kept)).tolist() == [*range(10, 60), *range(90, 100)]
    clear = plausible_runs(f0, np.where(np.isfinite(f0), 0.95, np.nan), 0.01)
    assert np.isfinite(clear[80:86]).all()


def test_levels_over_the_clip_s_own_voice_do_not_move_with_gain():
    from tests.support.measuring import contour
    from tests.support.signals import speech_like

    quiet, loud = (analysis(gain * speech_like(4)) for gain in (0.05, 0.8))
    for name in ("intensity_rel", "loudness_rel"):
        np.testing.assert_allclose(contour(quiet, name), contour(loud, name), atol=1e-6)
        assert np.median(contour(loud, name)[loud.voiced]) == pytest.approx(0, abs=1e-9)
