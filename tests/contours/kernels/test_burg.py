"""Burg's formants compared with Praat and with vowels of known formants, and the choice of the ceiling."""

import numpy as np
import parselmouth
import pytest
import soundfile
import soxr
from parselmouth.praat import call

from prosody_ser.audio.prepare import prepare_audio, read_audio
from prosody_ser.contours.analysis import Analysis
from prosody_ser.contours.formant_ceiling import ceiling_of
from prosody_ser.contours.formants import kernel_tracker
from prosody_ser.contours.kernels.burg import Resampler, burg_formants
from tests.support.signals import RATE, voice, vowel

#: F1 to F3 in Hz of vowels from a tract of 17.5 cm; above them come the formants of a uniform tube.
VOWELS = {"a": (700, 1150, 2450), "ae": (660, 1720, 2410), "e": (530, 1840, 2480), "o": (570, 900, 2410)}
TUBE_CM = 17.5


def formants_of_tract(name, tract_cm=TUBE_CM):
    """Formants of a vowel for a length of the vocal tract."""
    above = [1000 * (k - 0.5) for k in range(4, 15)]
    return [hz * TUBE_CM / tract_cm for hz in (*VOWELS[name], *above)]


def praat_formants(samples, ceiling_hz, n_formants=5):
    """Return times, frequencies and bandwidths of all frames of Praat."""
    praat = parselmouth.Sound(samples, RATE).to_formant_burg(0.01, n_formants, ceiling_hz)
    table = call(praat, "Down to Table", False, True, 15, False, 1, False, 12, True)
    rows = call(table, "List", False).replace("--undefined--", "nan").split("\n")[1:]
    values = np.array(" ".join(rows).split(), dtype=float).reshape(-1, 1 + 2 * n_formants)
    return praat.xs(), values[:, 1::2].T, values[:, 2::2].T


def assert_as_praat(samples, ceiling_hz, n_formants=5):
    """The formants are the same where there is sound; in digital silence, both follow the ringing of the filter."""
    times_s, *expected = praat_formants(samples, ceiling_hz, n_formants)
    formants_hz = burg_formants(samples, RATE, times_s, ceiling_hz, n_formants)
    level_db = parselmouth.Sound(samples, RATE).to_intensity(100, 0.005)
    level_db = np.interp(times_s, level_db.xs(), level_db.values[0])
    sounding = level_db > level_db.max() - 50
    for ours, theirs in zip(formants_hz, expected, strict=True):
        ours, theirs = ours[:, sounding], theirs[:, sounding]
        assert (np.isnan(ours) == np.isnan(theirs)).mean() > 0.995
        off = np.abs(ours / theirs - 1)[np.isfinite(ours) & np.isfinite(theirs)]
        assert np.median(off) < 1e-5
        assert np.quantile(off, 0.99) < 1e-3


@pytest.fixture(scope="module")
def speechlike():
    """A gliding buzz in noise, a pause and a vowel."""
    rng = np.random.default_rng(1)
    buzz = voice(np.linspace(110, 190, RATE // 2), 0.5) + rng.normal(scale=0.003, size=RATE // 2)
    pause = rng.normal(scale=1e-4, size=RATE // 5)
    return np.concatenate([buzz, pause, vowel(140, formants_of_tract("ae"), 0.5)])


@pytest.mark.praat
@pytest.mark.parametrize(
    ("ceiling_hz", "n_formants"), [(4500, 5), (5000, 4), (5125, 5), (5500, 5), (6500, 6), (8000, 5)]
)
def test_formants_are_those_of_praat(speechlike, ceiling_hz, n_formants):
    assert_as_praat(speechlike, ceiling_hz, n_formants)


@pytest.mark.praat
def test_any_ceiling_is_close_to_praat(speechlike):
    """If the ratio of the rates is not a ratio of FFT lengths, the rate is slightly wrong."""
    times_s, expected, _ = praat_formants(speechlike, 5273.4)
    formants_hz, _ = burg_formants(speechlike, RATE, times_s, 5273.4)
    assert np.nanmedian(np.abs(formants_hz / expected - 1)) < 1e-3


@pytest.mark.praat
def test_formants_of_emodb_are_those_of_praat(emodb):
    for path in sorted(emodb.glob("*.wav"))[::100]:
        assert_as_praat(soundfile.read(path)[0], 5500)


@pytest.mark.praat
def test_formants_of_ravdess_are_those_of_praat(ravdess):
    for path in sorted(ravdess.glob("Actor_*/*.flac"))[::100]:
        samples, rate_hz = soundfile.read(path, always_2d=True)
        speech = soxr.resample(samples.mean(axis=1), rate_hz, RATE, quality="HQ")
        assert_as_praat(speech, 5000)


@pytest.mark.praat
@pytest.mark.parametrize("rate_hz", [9000, 10250, 11000, 13000])
def test_resampled_as_praat(speechlike, rate_hz):
    """Compared without the edges, where Praat's sinc is truncated."""
    praat = parselmouth.Sound(speechlike, RATE).resample(rate_hz, 50)
    ours, reached_hz, first_s = Resampler(speechlike, RATE).at(rate_hz)
    assert reached_hz == rate_hz
    assert first_s == pytest.approx(praat.x1)
    assert ours.size == praat.n_samples
    np.testing.assert_allclose(ours[100:-100], praat.values[0][100:-100], atol=1e-5)


@pytest.mark.parametrize("f0_hz", [100, 130, 170, 220])
@pytest.mark.parametrize("name", VOWELS)
def test_formants_of_a_known_vowel(name, f0_hz):
    known = formants_of_tract(name)
    formants_hz, bandwidth = burg_formants(vowel(f0_hz, known), RATE, np.arange(0.1, 0.2, 0.01), 5000)
    np.testing.assert_allclose(np.median(formants_hz[:3], axis=1), known[:3], rtol=0.05)
    assert (bandwidth > 0).all()


def test_a_frame_is_the_same_whoever_stands_beside_it(speechlike):
    times_s = np.arange(0.05, 1.1, 0.013)
    together = burg_formants(speechlike, RATE, times_s, 5500)
    backwards = burg_formants(speechlike, RATE, times_s[::-1].copy(), 5500)
    alone = burg_formants(speechlike, RATE, times_s[7:8], 5500)
    for k in (0, 1):
        np.testing.assert_array_equal(together[k], backwards[k][:, ::-1])
        np.testing.assert_array_equal(together[k][:, 7:8], alone[k])
        assert alone[k].shape == (5, 1)


def test_gain_moves_no_formant(speechlike):
    times_s = np.arange(0.05, 1.1, 0.01)
    for gain in (1e-6, 1e3):
        np.testing.assert_allclose(
            burg_formants(gain * speechlike, RATE, times_s, 5500)[0],
            burg_formants(speechlike, RATE, times_s, 5500)[0],
            rtol=1e-8,
        )


def test_outside_the_samples_is_silence(speechlike):
    """Frames beyond the edge contain zeros; frames completely outside, or at an undefined time, have no formants."""
    duration_s = speechlike.size / RATE
    padded = np.concatenate([np.zeros(RATE), speechlike, np.zeros(RATE)])
    over = np.array([-0.01, 0.0, 0.004, duration_s, duration_s + 0.01])
    formants_hz, _ = burg_formants(speechlike, RATE, over, 5500)
    expected, _ = burg_formants(padded, RATE, over + 1, 5500)
    np.testing.assert_allclose(formants_hz[1:4, 1:4], expected[1:4, 1:4], rtol=0.1)
    nowhere = np.array([-1.0, duration_s + 1, 1e30, np.inf, np.nan])
    for values in burg_formants(speechlike, RATE, nowhere, 5500):
        assert np.isnan(values).all()


@pytest.mark.parametrize("samples", [np.zeros(RATE), np.full(RATE, np.nan), np.zeros(0)])
def test_nothing_has_no_formants(samples):
    frequency, bandwidth = burg_formants(samples, RATE, np.array([-0.02, 0.0, 0.5]), 5500)
    assert np.isnan(frequency).all()
    assert np.isnan(bandwidth).all()


def test_a_frame_without_sound_among_others_has_no_formants():
    samples = np.concatenate([np.zeros(RATE // 2), vowel(120, formants_of_tract("a"))])
    frequency, _ = burg_formants(samples, RATE, np.array([0.65, 0.1]), 8000)  # no filter, which would ring
    assert np.isfinite(frequency[:, 0]).any()
    assert np.isnan(frequency[:, 1]).all()


@pytest.mark.parametrize("signal", ["noise", "sine", "click", "constant"])
def test_what_is_no_speech_does_no_harm(signal):
    t = np.arange(RATE) / RATE
    samples = {
        "noise": np.random.default_rng(2).normal(size=RATE),
        "sine": np.sin(2 * np.pi * 1000 * t),
        "click": (t == 0.5).astype(float),
        "constant": np.ones(RATE),
    }[signal]
    frequency, bandwidth = burg_formants(samples, RATE, np.arange(0.0, 1.0, 0.01), 5500)
    assert ((frequency[np.isfinite(frequency)] >= 50) & (frequency[np.isfinite(frequency)] <= 5450)).all()
    assert (np.diff(frequency, axis=0)[np.isfinite(frequency[1:])] >= 0).all()
    np.testing.assert_array_equal(np.isnan(frequency), np.isnan(bandwidth))


def chosen(samples, times_s, f0_hz):
    return ceiling_of(kernel_tracker(samples, RATE), times_s, np.full(times_s.size, f0_hz))


def speaker(tract_cm, f0_hz):
    """All vowels of one vocal tract."""
    samples = np.concatenate([vowel(f0_hz, formants_of_tract(name, tract_cm)) for name in VOWELS])
    return samples, np.arange(0.05, samples.size / RATE - 0.05, 0.01)


@pytest.mark.parametrize("f0_hz", [90, 160, 300, 400])
@pytest.mark.parametrize(
    ("tract_cm", "ceiling_hz"), [(19, 5375), (17.5, 5375), (16, 5375), (14.5, 5375), (13, 7000), (11.5, 7000)]
)
def test_the_ceiling_is_that_of_the_tract(tract_cm, ceiling_hz, f0_hz):
    """At any pitch, only a vocal tract as short as a child's has fewer than five formants below 5375 Hz."""
    assert chosen(*speaker(tract_cm, f0_hz), f0_hz) == ceiling_hz


@pytest.mark.parametrize("f0_hz", [100, 150, 220, 250, 300])
@pytest.mark.parametrize("tract_cm", [18.5, 17, 16, 15, 14.5, 13, 12, 11.5])
def test_formants_of_long_and_short_tracts(tract_cm, f0_hz):
    """With widely spaced harmonics, a formant is measured at the nearest one, so the tolerance depends on the pitch."""
    ceiling_hz = chosen(*speaker(tract_cm, f0_hz), f0_hz)
    for name in VOWELS:
        known = np.array(formants_of_tract(name, tract_cm)[:3])
        formants_hz, _ = burg_formants(
            vowel(f0_hz, formants_of_tract(name, tract_cm)), RATE, np.arange(0.1, 0.2, 0.01), ceiling_hz
        )
        np.testing.assert_allclose(np.median(formants_hz[:3], axis=1), known, rtol=0.05, atol=f0_hz / 4)


def test_with_too_little_voice_the_ceiling_is_the_usual_one():
    samples, times_s = speaker(11.5, 200)
    assert chosen(samples, times_s, 200) == 7000
    assert chosen(samples, times_s[:4], 200) == 5375
    assert chosen(samples, times_s[:0], 200) == 5375
    assert chosen(np.zeros(RATE), times_s[times_s < 1], 200) == 5375


def test_a_speakers_calm_and_aroused_clips_have_one_ceiling(emodb):
    """Measured on 260 clips of all emotions: 99 %."""
    paths = [path for path in sorted(emodb.glob("*.wav")) if path.stem[5] in "NW"][::6]
    usual = [Analysis(read_audio(path)).formant_ceiling_hz == 5375 for path in paths]
    assert np.mean(usual) > 0.95


def test_women_played_faster_have_short_tracts(ravdess):
    """Playing a third faster turns a vocal tract of 15 cm into one of 11 cm; in three corpora 71 to 77 % are found."""
    heard = []
    for path in sorted(ravdess.glob("Actor_0[2468]/*.flac"))[::7]:
        samples, rate_hz = soundfile.read(path, always_2d=True)
        audio = prepare_audio(samples.mean(axis=1), round(1.35 * rate_hz))
        heard.append(Analysis(audio).formant_ceiling_hz)
    assert np.mean(np.equal(heard, 7000)) > 0.6


def test_where_the_recording_ends_lower_the_ceiling_is_the_usual_one():
    """A sampling rate of 12 kHz contains nothing between 6 and 7 kHz."""
    samples, _ = speaker(11.5, 250)
    assert Analysis(prepare_audio(samples, RATE)).formant_ceiling_hz == 7000
    assert Analysis(prepare_audio(soxr.resample(samples, RATE, 12000), 12000)).formant_ceiling_hz == 5375
