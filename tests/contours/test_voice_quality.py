"""Cepstral peak prominence and harmonic levels against signals whose values are known, and against Praat."""

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call
from scipy.signal import freqz, lfilter
from scipy.stats import spearmanr

from prosody_ser.audio.frames import FRAME_STEP
from prosody_ser.audio.prepare import read_audio
from prosody_ser.contours.cepstral_peak import PEAK_CEILING_HZ, PEAK_FLOOR_HZ, cpp_contour
from prosody_ser.contours.harmonics import formant_bandwidth, formant_boost, harmonic_contours
from prosody_ser.contours.pitch import track_pitch
from tests.support.signals import RATE

TIMES_S = 0.1 + 0.01 * np.arange(80)
VOWELS_HZ = {
    "i": (280, 2250, 2900),
    "e": (400, 2000, 2550),
    "a": (730, 1200, 2500),
    "o": (450, 800, 2600),
    "u": (310, 870, 2250),
}


def pulses(f0_hz, seconds=1.0):
    """A pulse train with one sample of 1 in each period."""
    train = np.zeros(round(seconds * RATE))
    train[(np.arange(0, seconds, 1 / f0_hz) * RATE).astype(int)] = 1.0
    return train


def noisy_pulses(f0_hz, snr_db, seed=0):
    train = pulses(f0_hz)
    noise = np.random.default_rng(seed).normal(size=train.size)
    return train + noise * np.sqrt(np.mean(train**2)) * 10 ** (-snr_db / 20)


def harmonics(f0_hz, level_db, seconds=1.0):
    """A sum of harmonics below 7 kHz whose levels are `level_db` of their number; f0 in Hz, or one for each sample."""
    f0_hz = np.broadcast_to(f0_hz, round(seconds * RATE))
    phase = 2 * np.pi * np.cumsum(f0_hz) / RATE
    numbers = range(1, int(7000 / f0_hz.max()) + 1)
    return sum(10 ** (level_db(k) / 20) * np.cos(k * phase + 0.3 * k**2) for k in numbers)


def resonator(formant_hz, bandwidth_hz):
    """Klatt's digital resonator, with no gain at 0 Hz: its numerator and denominator."""
    r = np.exp(-np.pi * bandwidth_hz / RATE)
    denominator = np.array([1, -2 * r * np.cos(2 * np.pi * formant_hz / RATE), r * r])
    return [denominator.sum()], denominator


def vowel(f0_hz, formants_hz):
    """A voice of -10 dB an octave through five resonators in a row."""
    samples = harmonics(f0_hz, lambda k: -10 * np.log2(k))
    for formant, bandwidth in zip((*formants_hz, 3500, 4500), (60, 90, 150, 200, 300), strict=True):
        samples = lfilter(*resonator(formant, bandwidth), samples)
    return samples


def levels(samples, f0_hz, formants_hz=(500, 1500, 2500), times_s=TIMES_S):
    """Harmonic contours with the same formants in every frame."""
    formants = np.repeat(np.array(formants_hz, dtype=float)[:, np.newaxis], times_s.size, axis=1)
    return harmonic_contours(samples, RATE, times_s, np.broadcast_to(f0_hz, times_s.shape).astype(float), formants)


def praat_cpps(samples):
    """CPPS with a straight line, its peak in our range."""
    cepstrogram = call(parselmouth.Sound(samples, RATE), "To PowerCepstrogram", 60, 0.002, 5000, 50)
    peak = (PEAK_FLOOR_HZ, PEAK_CEILING_HZ, 0.05, "Parabolic")
    return call(cepstrogram, "Get CPPS", True, 0.02, 0.0005, *peak, 0.001, 0.05, "Straight", "Robust")


@pytest.mark.parametrize("f0_hz", [90, 140, 230, 410])
def test_cpp_falls_as_noise_rises(f0_hz):
    means = [cpp_contour(noisy_pulses(f0_hz, snr), RATE, TIMES_S).mean() for snr in (40, 20, 10, 0, -10)]
    assert (np.diff(means) < 0).all()
    noise = np.random.default_rng(1).normal(size=RATE)
    assert cpp_contour(pulses(f0_hz), RATE, TIMES_S).mean() > cpp_contour(noise, RATE, TIMES_S).mean() + 15


@pytest.mark.praat
def test_cpp_of_synthetic_voices_is_praat_s():
    """Values agree within about a decibel and in their order; for clean voices, Praat's own two fits differ more."""
    voices = [noisy_pulses(f0, snr) for f0 in (90, 230, 410) for snr in (15, 10, 5, 0)]
    ours = [cpp_contour(samples, RATE, TIMES_S).mean() for samples in voices]
    praat = [praat_cpps(samples) for samples in voices]
    assert spearmanr(ours, praat).statistic > 0.95
    np.testing.assert_allclose(ours, praat, atol=1.5)


@pytest.mark.praat
@pytest.mark.parametrize(("corpus", "files"), [("emodb", "*.wav"), ("ravdess", "**/*.flac")])
def test_cpp_of_recordings_is_praat_s(request, corpus, files):
    """Measured in pieces of 0.3 s, each with half a window of context for Praat's frames."""
    paths = sorted(request.getfixturevalue(corpus).glob(files))
    context = RATE // 20
    ours, praat = [], []
    for path in paths[:: len(paths) // 4]:
        clip = read_audio(path)
        samples = clip.around(context)
        for frames in np.split(np.arange(clip.n_frames), range(30, clip.n_frames, 30))[:-1]:
            start = frames[0] * FRAME_STEP
            praat.append(praat_cpps(samples[start : start + frames.size * FRAME_STEP + 2 * context]))
            ours.append(np.nanmean(cpp_contour(samples, RATE, clip.times_s[frames] + context / RATE)))
    assert spearmanr(ours, praat).statistic > 0.95
    assert np.median(np.abs(np.subtract(ours, praat))) < 0.7


@pytest.mark.parametrize("gain", [1e-4, 0.3, 1000.0])
def test_gain_and_offset_move_nothing(gain):
    samples = noisy_pulses(150, 20)
    cpp = cpp_contour(samples, RATE, TIMES_S)
    np.testing.assert_allclose(cpp_contour(gain * samples, RATE, TIMES_S), cpp, atol=1e-3)
    np.testing.assert_allclose(cpp_contour(gain * (samples + 0.1), RATE, TIMES_S), cpp, atol=0.02)
    np.testing.assert_allclose(levels(gain * samples, 150), levels(samples, 150), rtol=1e-9)


def test_silence_has_no_voice():
    samples = np.concatenate([noisy_pulses(150, 20), np.zeros(RATE)])
    times_s = np.array([0.5, 1.5])
    np.testing.assert_array_equal(np.isnan(cpp_contour(samples, RATE, times_s)), [False, True])
    np.testing.assert_array_equal(np.isnan(levels(samples, 150, times_s=times_s)), [[False, True]] * 4)
    assert np.isnan(cpp_contour(np.zeros(RATE), RATE, times_s)).all()
    assert np.isnan(cpp_contour(np.empty(0), RATE, times_s)).all()


def test_beyond_the_edges_there_is_silence():
    samples = noisy_pulses(150, 20)
    times_s = np.array([-3.0, -0.01, 0.0, 0.01, 0.99, 1.0, 1.005, 9.0])
    padded = np.pad(samples, RATE)
    for kernel in (cpp_contour, lambda x, rate, t: levels(x, 150, times_s=t)):
        np.testing.assert_allclose(kernel(samples, RATE, times_s), kernel(padded, RATE, times_s + 1), atol=1e-9)
    outside = [True, *[False] * 6, True]
    np.testing.assert_array_equal(np.isnan(cpp_contour(samples, RATE, times_s)), outside)
    np.testing.assert_array_equal(np.isnan(levels(samples, 150, times_s=times_s)[0]), outside)


@pytest.mark.parametrize("n_frames", [0, 1, 2])
def test_a_frame_is_the_same_alone_and_among_others(n_frames):
    samples, some = noisy_pulses(150, 20), TIMES_S[5 : 5 + n_frames]
    np.testing.assert_allclose(
        cpp_contour(samples, RATE, some), cpp_contour(samples, RATE, TIMES_S)[5 : 5 + n_frames], atol=1e-4
    )
    np.testing.assert_allclose(levels(samples, 150, times_s=some), levels(samples, 150)[:, 5 : 5 + n_frames])


@pytest.mark.parametrize("f0_hz", [80.0, 123.4, 200.0, 333.3, 400.0])
@pytest.mark.parametrize("slope_db", [-3.0, -6.0, -12.0])
def test_levels_of_known_harmonics(f0_hz, slope_db):
    """Harmonics falling by so many dB an octave; the first one within 10 % of F3 is the strongest there."""
    h1_h2, h1_a3 = levels(harmonics(f0_hz, lambda k: slope_db * np.log2(k)), f0_hz)[:2]
    np.testing.assert_allclose(h1_h2, -slope_db, atol=0.01)
    np.testing.assert_allclose(h1_a3, -slope_db * np.log2(np.ceil(0.9 * 2500 / f0_hz)), atol=0.01)


def test_without_a_harmonic_near_f3_the_nearest_counts():
    h1_a3 = levels(harmonics(480.0, lambda k: -k), 480.0, (500, 1500, 2150))[1]  # 1920 Hz and 2400 Hz, not near enough
    np.testing.assert_allclose(h1_a3, 3.0, atol=0.01)


@pytest.mark.parametrize("f0_hz", [80.0, 150.0, 250.0, 400.0])
@pytest.mark.parametrize("octaves_per_s", [-3.0, -1.0, 1.0, 3.0])
def test_levels_of_a_gliding_voice(f0_hz, octaves_per_s):
    def f0_at(t):
        return f0_hz * 2 ** (octaves_per_s * (t - 0.5))

    times_s = TIMES_S[(f0_at(TIMES_S) > 75) & (f0_at(TIMES_S) < 500)]
    samples = harmonics(f0_at(np.arange(RATE) / RATE), lambda k: -6 * np.log2(k))
    np.testing.assert_allclose(levels(samples, f0_at(times_s), times_s=times_s)[0], 6, atol=0.1)


def test_boost_is_the_gain_of_a_resonator():
    frequency = np.array([100.0, 480, 500, 1000, 2500, 7900])
    _, gain = freqz(*resonator(500.0, 70.0), worN=frequency, fs=RATE)
    np.testing.assert_allclose(formant_boost(frequency, 500.0, 70.0, RATE), 20 * np.log10(np.abs(gain)), atol=1e-9)


def test_bandwidths_join_and_grow_with_f0():
    """Hawks & Miller's two polynomials meet at 500 Hz; from 132 to 220 Hz, of men to women, all grow by a quarter."""
    below, above = formant_bandwidth(np.array([499.999, 500.0]), np.array([132.0, 132.0]))
    assert below == pytest.approx(above, rel=0.03)
    men, women = (formant_bandwidth(np.array([500.0, 1500, 2500, 3500]), np.full(4, f0)) for f0 in (132.0, 220.0))
    np.testing.assert_allclose(women, 1.25 * men)
    assert ((men > 35) & (men < 200)).all()


@pytest.mark.parametrize("f0_hz", [100.0, 150.0, 210.0])
def test_correction_takes_the_vowel_out(f0_hz):
    """One source with five vowels: H1-H2 is 10 dB for all of them, and H1-A3 varies much less."""
    contours = np.array([np.median(levels(vowel(f0_hz, f), f0_hz, f), axis=1) for f in VOWELS_HZ.values()])
    raw_h2, raw_a3, h2, a3 = contours.T
    np.testing.assert_allclose(h2, 10, atol=1.5)
    assert np.std(h2) < np.std(raw_h2) / 5
    assert np.std(a3) < np.std(raw_a3) / 3


def test_what_is_missing_is_undefined_and_no_more():
    samples = noisy_pulses(150, 20)
    f0 = np.array([np.nan, 150, 150, 150, 3900, 4100, 150])
    formants = np.repeat([[500.0], [1500], [2500], [3500]], f0.size, axis=1)
    formants[0, 1] = formants[1, 2] = formants[2, 3] = formants[3, 6] = np.nan
    values = harmonic_contours(samples, RATE, TIMES_S[: f0.size], f0, formants)
    h1_h2, h1_a3, h1_h2_corrected, h1_a3_corrected = np.isfinite(values).astype(int)
    np.testing.assert_array_equal(h1_h2, [0, 1, 1, 1, 1, 0, 1])
    np.testing.assert_array_equal(h1_a3, [0, 1, 1, 0, 1, 0, 1])
    np.testing.assert_array_equal(h1_h2_corrected, [0, 0, 0, 1, 1, 0, 1])
    np.testing.assert_array_equal(h1_a3_corrected, [0, 0, 0, 0, 1, 0, 1])


@pytest.mark.praat
def test_levels_of_a_recording_are_those_of_praat_s_spectrum(emodb):
    """Peaks within 10 % of f0 and 2 f0 in the spectrum that Praat makes of four periods."""
    clip = read_audio(emodb / "03a01Fa.wav")
    f0 = track_pitch(clip).f0_hz
    frames = np.flatnonzero(np.isfinite(f0))
    margin_s = 0.05
    samples = clip.around(round(margin_s * RATE))
    times_s = clip.times_s[frames] + margin_s
    ours = levels(samples, f0[frames], times_s=times_s)[0]
    sound = parselmouth.Sound(samples, RATE)
    praat = []
    for t, f in zip(times_s, f0[frames], strict=True):
        part = sound.extract_part(t - 2 / f, t + 2 / f, parselmouth.WindowShape.HANNING)
        longer = parselmouth.Sound(np.pad(part.values[0], 8000), RATE)  # for a finer grid of frequencies
        ltas = call(longer.to_spectrum(), "To Ltas (1-to-1)")
        h1, h2 = (call(ltas, "Get maximum", 0.9 * k * f, 1.1 * k * f, "Parabolic") for k in (1, 2))
        praat.append(h1 - h2)
    assert np.median(np.abs(ours - np.array(praat))) < 0.5
