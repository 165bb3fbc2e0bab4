"""Contours against analytic signals and against Praat itself."""

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from prosody_ser.audio import Audio, prepare_audio
from prosody_ser.contours import Analysis
from prosody_ser.contours.harmonicity import hnr_contour
from prosody_ser.units import hz_to_st

from .conftest import RATE, voice


def analysis(samples):
    return Analysis(prepare_audio(samples, RATE))


@pytest.mark.parametrize("f0_hz", [70, 110, 220, 440, 600])
def test_pitch_of_a_steady_voice(f0_hz):
    pitch = analysis(voice(f0_hz)).pitch
    assert np.isfinite(pitch.f0_hz).mean() > 0.9
    np.testing.assert_allclose(np.nanmedian(pitch.f0_hz), f0_hz, rtol=0.002)
    assert pitch.floor_hz < f0_hz < pitch.ceiling_hz


def test_pitch_slope_of_a_chirp():
    """From 100 to 200 Hz along a straight line in semitones, 12 st in 2 s."""
    seconds = 2.0
    f0 = 100 * 2 ** (np.arange(round(seconds * RATE)) / RATE / seconds)
    clip = analysis(voice(f0, seconds))
    times, values = clip.contour_group("pitch")
    voiced = np.isfinite(values[0])
    slope = np.polyfit(times[voiced], values[0][voiced], 1)[0]
    assert slope == pytest.approx(6.0, rel=0.01)


def test_search_range_leaves_room_for_an_aroused_voice():
    """A voice that jumps from 150 to 350 Hz stays within the second pass."""
    samples = np.concatenate([voice(150, 0.7), voice(350, 0.5)])
    pitch = analysis(samples).pitch
    assert pitch.ceiling_hz > 350
    assert (np.abs(pitch.f0_hz - 350) < 10).sum() > 30


def test_noise_is_unvoiced():
    noise = np.random.default_rng(0).normal(scale=0.1, size=RATE)
    assert np.isfinite(analysis(noise).pitch.f0_hz).mean() < 0.1


def test_semitones_are_intervals():
    assert hz_to_st(55.0) == pytest.approx(12)
    assert np.isnan(hz_to_st(0.0))


def test_six_decibels_move_intensity_by_six_and_nothing_else():
    rng = np.random.default_rng(1)
    samples = voice(180, 1.5, 0.2) + rng.normal(scale=0.002, size=24000)
    quiet, loud = analysis(samples), analysis(samples * 10 ** (6 / 20))
    difference = loud.contour_group("intensity")[1] - quiet.contour_group("intensity")[1]
    np.testing.assert_allclose(difference, 6.0, atol=1e-6)
    for group in ("pitch", "formants", "mfcc", "zcr"):
        np.testing.assert_allclose(
            loud.contour_group(group)[1], quiet.contour_group(group)[1], rtol=1e-5, atol=1e-4, err_msg=group
        )


def test_intensity_of_a_sine():
    """A sine of amplitude a has rms a / sqrt 2; re 2e-5 that is 20 log10(a / sqrt 2 / 2e-5) dB."""
    t = np.arange(RATE) / RATE
    values = analysis(0.1 * np.sin(2 * np.pi * 500 * t)).contour_group("intensity")[1][0]
    assert np.median(values) == pytest.approx(20 * np.log10(0.1 / np.sqrt(2) / 2e-5), abs=0.05)


@pytest.mark.parametrize("background", [0.0, 1e-6, 1e-5])
def test_a_noise_gate_does_not_move_intensity(background):
    """Digital silence inside a clip (-300 dB for Praat) counts as the faintest speech does: 50 dB below the loudest."""
    samples = np.concatenate([voice(), np.zeros(RATE // 2), voice()])
    samples += background * np.random.default_rng(0).normal(size=samples.size)
    values = analysis(samples).contour_group("intensity")[1][0]
    assert values.min() == pytest.approx(values.max() - 50, abs=0.01)


def test_spectral_frames_are_where_their_times_say():
    """A click at 0.5 s is in the frames around 0.5 s."""
    samples = np.zeros(RATE)
    samples[RATE // 2] = 0.9
    clip = Analysis(Audio(samples, RATE, duration_s=1.0, lead_s=0.0, trail_s=0.0))
    times, _ = clip.contour_group("mfcc")
    power = clip.power.sum(axis=0)
    assert np.average(times, weights=power) == pytest.approx(0.5, abs=0.001)


def test_hnr_of_known_strength():
    np.testing.assert_allclose(hnr_contour(np.array([0.5, 0.99, np.nan])), [0.0, 19.956, np.nan], atol=1e-3)


def test_hnr_of_a_voice_in_noise():
    """Harmonics 20 dB above white noise read as 20 dB."""
    clean = voice(150, 2.0)
    noise = np.random.default_rng(2).normal(size=clean.size)
    noise *= np.sqrt(np.mean(clean**2) / np.mean(noise**2)) / 10
    assert np.nanmedian(analysis(clean + noise).contour_group("pitch")[1][1]) == pytest.approx(20, abs=1.0)


@pytest.fixture(scope="module")
def vowel():
    """A Klatt vowel with formants at 600, 1400 and 2600 Hz, by Praat."""
    grid = call("Create KlattGrid from vowel", "a", 0.6, 120, 600, 60, 1400, 80, 2600, 100, 3600, 0.05, 1000)
    sound = call(grid, "To Sound")
    sound = sound[0] if isinstance(sound, list) else sound
    return prepare_audio(sound.values[0] / np.abs(sound.values).max() * 0.5, int(sound.sampling_frequency))


def test_formants_of_a_klatt_vowel(vowel):
    _, values = Analysis(vowel).contour_group("formants")
    np.testing.assert_allclose(np.nanmedian(values[:3], axis=1), [600, 1400, 2600], rtol=0.05)


def test_formants_are_those_of_praat(vowel):
    """Read as one table, they are what Praat answers frame by frame."""
    times, values = Analysis(vowel).contour_group("formants")
    praat = parselmouth.Sound(vowel.samples, RATE).to_formant_burg(time_step=0.01, maximum_formant=5500)
    asked = [[praat.get_value_at_time(k, t) for t in times] for k in (1, 2, 3)]
    asked += [[praat.get_bandwidth_at_time(k, t) for t in times] for k in (1, 2, 3)]
    voiced = Analysis(vowel).voiced_at(times)
    np.testing.assert_allclose(values[:, voiced], np.array(asked)[:, voiced], rtol=1e-6)


def test_formants_count_on_voiced_frames_only():
    noise = np.random.default_rng(3).normal(scale=0.05, size=RATE)
    clip = analysis(np.concatenate([voice(150, 1.0), noise]))
    times, values = clip.contour_group("formants")
    assert np.isnan(values[:, times > 1.2]).mean() > 0.9
    assert np.isfinite(values[0, times < 0.9]).mean() > 0.9


def test_zero_crossings_of_a_sine():
    """A sine of 500 Hz crosses zero 1000 times a second."""
    t = np.arange(RATE) / RATE
    values = analysis(0.1 * np.sin(2 * np.pi * 500 * t + 0.3)).contour_group("zcr")[1]
    assert np.mean(values) == pytest.approx(1000, rel=0.02)


def test_contours_of_a_group_share_their_frames():
    clip = analysis(voice())
    for group in ("pitch", "intensity", "formants", "mfcc", "zcr"):
        times, values = clip.contour_group(group)
        assert values.shape[1] == times.size, group
        assert (np.diff(times) > 0).all(), group
        assert 0 <= times[0] < times[-1] <= clip.duration_s, group
