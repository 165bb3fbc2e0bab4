"""Pulses, jitter and shimmer: equal to Praat's commands, and right on signals whose values are known."""

import numpy as np
import parselmouth
import pytest
import soundfile
from parselmouth.praat import call

from prosody_ser.audio.prepare import prepare_audio, read_audio
from prosody_ser.contours import Analysis
from prosody_ser.contours.grid import sound_on_grid
from prosody_ser.contours.kernels.pulses import glottal_pulses
from prosody_ser.contours.pitch import search_range
from prosody_ser.contours.reference import voice as praat_voice
from prosody_ser.measures.perturbation import jitter_measures, perturbation_measures, shimmer_measures
from tests.support.signals import RATE, voice

#: The kinds as Praat's commands name them: ``local`` of ``Get jitter (local)``.
JITTER, SHIMMER = (
    {name: command.partition("(")[2].rstrip(")") for name, command in commands.items()}
    for commands in (praat_voice.JITTER, praat_voice.SHIMMER)
)
#: Mean departure of the middle of k alternating values c (1 +- e) from the mean of all k, in units of e c.
ALTERNATING = {
    "local": 2,
    "rap": 4 / 3,
    "ppq5": 4 / 5,
    "ddp": 4,
    "apq3": 4 / 3,
    "apq5": 4 / 5,
    "apq11": 12 / 11,
    "dda": 4,
}


def pulses_of(sound, pitch):
    """The kernel's pulses for Praat's sound and pitch."""
    frequency = pitch.selected_array["frequency"]
    f0_hz = np.where((frequency > 0) & (frequency < pitch.ceiling), frequency, np.nan)
    return glottal_pulses(sound.values[0], sound.sampling_frequency, f0_hz, pitch.x1, pitch.dx)


def praat_pitch(path):
    """Praat's sound and pitch of a recording, in the range that the clip gets."""
    audio = read_audio(path)
    floor_hz, ceiling_hz = search_range(audio)
    sound = sound_on_grid(audio, 3 / floor_hz)
    return sound, sound.to_pitch_ac(time_step=0.01, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)


def assert_as_praat(sound, pitch):
    """Check that all pulses and all eleven measures agree with Praat's; return the number of pulses."""
    process = call([sound, pitch], "To PointProcess (cc)")
    n_pulses = call(process, "Get number of points")
    expected = call(process, "To Matrix").values.ravel() if n_pulses else np.empty(0)
    pulses_s = pulses_of(sound, pitch)
    assert pulses_s.dtype == np.float64
    np.testing.assert_allclose(pulses_s, expected, rtol=0, atol=1e-9)

    measured = jitter_measures(pulses_s) | shimmer_measures(sound.values[0], sound.sampling_frequency, pulses_s)
    praat = praat_voice.praat_jitter(process) | praat_voice.praat_shimmer(sound, process)
    assert measured.keys() == praat.keys()
    for name, value in praat.items():
        assert measured[name] == pytest.approx(value, rel=1e-6, abs=1e-12, nan_ok=True), name
    return n_pulses


def wavelets(periods_s, amplitudes, rate=RATE):
    """One short wavelet a period, without direct current: voice whose periods and amplitudes are known."""
    centres_s = np.cumsum(periods_s)
    t = (np.arange(round((centres_s[-1] + 0.02) * rate)) / rate - centres_s[:, np.newaxis]) / 0.0005
    return 0.3 * amplitudes @ ((1 - t**2) * np.exp(-(t**2) / 2))


def measures_of(samples):
    return perturbation_measures(Analysis(prepare_audio(samples, RATE)))


def rough(seed, n=80):
    rng = np.random.default_rng(seed)
    return wavelets(0.007 * (1 + rng.normal(scale=0.01, size=n)), 1 + rng.normal(scale=0.1, size=n))


def noise(seed, seconds=0.5, rate=RATE):
    return 0.1 * np.random.default_rng(seed).normal(size=round(seconds * rate))


VOICES = {
    "rough": rough(0),
    "steady": voice(),
    "glide": voice(np.linspace(100, 400, RATE)),
    "in noise": voice(200) + noise(1, 1.0),
    "fading out": voice(120) * np.exp(-8 * np.arange(RATE) / RATE),
    "cut to digital silence": voice(180) * (np.arange(RATE) % 4000 < 2500),
    "low and short": voice(77, 0.15),
    "noise alone": noise(2),
    "16 bits": np.round(rough(3) * 100) / 32768,
}


@pytest.mark.praat
@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize(
    "options", [{}, {"pitch_floor": 50.0, "voicing_threshold": 0.1, "silence_threshold": 0.0, "time_step": 0.005}]
)
def test_synthetic_voices_are_measured_as_by_praat(name, options):
    sound = parselmouth.Sound(VOICES[name], RATE)
    assert_as_praat(sound, sound.to_pitch_ac(**options))


@pytest.mark.praat
@pytest.mark.parametrize("rate", [8000, 44100])
def test_any_sample_rate_is_measured_as_by_praat(rate):
    """Down to periods of nine samples, of which a window holds three or four."""
    samples = voice(np.linspace(150, 900, rate // 2), 0.5, rate=rate) + 0.2 * noise(4, 0.5, rate)
    sound = parselmouth.Sound(samples, rate)
    assert assert_as_praat(sound, sound.to_pitch_ac(pitch_ceiling=1000)) > 200


@pytest.mark.praat
@pytest.mark.parametrize("f0_hz", [50, 52])
@pytest.mark.parametrize("seconds", [0.11, 0.15])
def test_periods_at_the_very_ends_are_measured_as_by_praat(f0_hz, seconds):
    """At the ends, the period before or after extends beyond the sound."""
    sound = parselmouth.Sound(voice(f0_hz, seconds), RATE)
    assert assert_as_praat(sound, sound.to_pitch_ac(pitch_floor=50, time_step=0.005)) > 3


@pytest.mark.praat
def test_no_gap_is_filled_from_both_sides():
    sound = parselmouth.Sound(voice(80, 0.5), RATE)
    pitch = sound.to_pitch_ac()
    for frame in (10, 13, 22):
        pitch[frame].unvoice()
    assert assert_as_praat(sound, pitch) == 39


@pytest.mark.praat
def test_emodb_is_measured_as_by_praat(emodb):
    for path in sorted(emodb.glob("*.wav"))[59::60]:
        assert assert_as_praat(*praat_pitch(path)) > 50


@pytest.mark.praat
def test_ravdess_is_measured_as_by_praat(ravdess):
    """With Praat's own defaults, at the corpus's own rate."""
    for path in sorted(ravdess.glob("*/*.flac"))[::120]:
        samples, rate = soundfile.read(path, always_2d=True)
        sound = parselmouth.Sound(samples.mean(axis=1), rate)
        assert_as_praat(sound, sound.to_pitch_ac())


def test_alternating_periods():
    pulses_s = np.cumsum(np.tile([0.00408, 0.00392], 30))[:-1]  # as many long ones as short ones
    measured = jitter_measures(pulses_s)
    assert measured["jitter_local_s"] == pytest.approx(0.00016, rel=1e-9)
    for name, kind in JITTER.items():
        if name != "jitter_local_s":
            assert measured[name] == pytest.approx(0.02 * ALTERNATING[kind], rel=1e-9), name


def test_alternating_amplitudes():
    """A sound that has one constant level around each pulse."""
    level = 0.5 * (1 + 0.1 * np.where(np.arange(41) % 2, -1, 1))
    samples = np.repeat(level, 80)
    pulses_s = (np.arange(41) + 0.5) * 80 / RATE
    measured = shimmer_measures(samples, RATE, pulses_s)
    assert measured["shimmer_local_db"] == pytest.approx(20 * np.log10(1.1 / 0.9), rel=1e-9)
    for name, kind in SHIMMER.items():
        if name != "shimmer_local_db":  # 19 low and 19 high ones make the mean, the last being left out
            assert measured[name] == pytest.approx(0.1 * ALTERNATING[kind], rel=1e-9), name


def test_differences_of_differences():
    """By their own definition, ddp is the mean second difference of the periods over their mean."""
    periods_s = 0.006 * (1 + np.random.default_rng(7).uniform(-0.1, 0.1, size=200))
    measured = jitter_measures(np.cumsum(np.append(0.1, periods_s)))
    assert measured["jitter_local_ratio"] == pytest.approx(np.abs(np.diff(periods_s)).mean() / periods_s.mean())
    assert measured["jitter_ddp_ratio"] == pytest.approx(np.abs(np.diff(periods_s, 2)).mean() / periods_s.mean())


@pytest.mark.parametrize("period_s", [0.004, 0.0073])
@pytest.mark.parametrize("e", [0.001, 0.004])
def test_alternating_voice_from_audio(period_s, e):
    """With more alternation of the periods, the pitch would be an octave lower."""
    sign = np.where(np.arange(100) % 2, -1, 1)
    measured = measures_of(wavelets(period_s * (1 + e * sign), 1 + 10 * e * sign))
    for name, kind in JITTER.items():
        scale = period_s if name == "jitter_local_s" else 1
        assert measured[name] == pytest.approx(e * scale * ALTERNATING[kind.split(",")[0]], rel=0.01), name
    for name, kind in SHIMMER.items():
        known = 20 * np.log10((1 + 10 * e) / (1 - 10 * e)) if kind == "local_dB" else 10 * e * ALTERNATING[kind]
        assert measured[name] == pytest.approx(known, rel=0.002), name


@pytest.mark.parametrize("spread", [0.005, 0.01, 0.02])
def test_random_voice_from_audio(spread):
    rng = np.random.default_rng(5)
    periods_s, amplitudes = 0.005 * (1 + rng.normal(scale=spread, size=150)), 1 + rng.normal(scale=spread, size=150)
    jitter = measures_of(wavelets(periods_s, np.ones(150)))
    shimmer = measures_of(wavelets(np.full(150, 0.005), amplitudes))
    for measured, known in [
        (jitter["jitter_local_ratio"], np.abs(np.diff(periods_s)).mean() / periods_s.mean()),
        (jitter["jitter_ddp_ratio"], np.abs(np.diff(periods_s, 2)).mean() / periods_s.mean()),
        (shimmer["shimmer_local_ratio"], np.abs(np.diff(amplitudes)).mean() / amplitudes.mean()),
        (shimmer["shimmer_dda_ratio"], np.abs(np.diff(amplitudes, 2)).mean() / amplitudes.mean()),
        (shimmer["shimmer_local_db"], np.abs(np.diff(20 * np.log10(amplitudes))).mean()),
    ]:
        assert measured == pytest.approx(known, rel=0.03)


def test_a_steady_voice_has_no_jitter_and_no_shimmer():
    measured = measures_of(wavelets(np.full(150, 0.005), np.ones(150)))
    assert all(value < 1e-6 for value in measured.values())


def test_gain_changes_nothing():
    quiet, loud = measures_of(rough(8) / 16), measures_of(rough(8))
    assert quiet == pytest.approx(loud, rel=1e-9)


def test_gaps_and_impossible_periods_do_not_count():
    first = np.arange(20) * 0.005
    gap = np.concatenate([first, first + 0.5])
    assert jitter_measures(gap)["jitter_local_ratio"] < 1e-9  # 0.4 s between the two is no period
    jump = np.cumsum([0.1] + [0.004] * 20 + [0.006] * 20)
    assert jitter_measures(jump)["jitter_local_ratio"] < 1e-9  # by a factor of 1.5
    assert np.isnan(list(jitter_measures(np.arange(20) * 0.021).values())).all()  # 21 ms is too long


@pytest.mark.parametrize("n_pulses", range(8))
def test_measures_need_enough_periods(n_pulses):
    """A run of k periods takes k + 1 pulses; an amplitude takes a period before and one after."""
    pulses_s = 0.1 + 0.005 * np.arange(n_pulses)
    measured = jitter_measures(pulses_s) | shimmer_measures(voice(200, 0.5), RATE, pulses_s)
    needed = {"local": 2, "rap": 3, "ppq5": 5, "ddp": 3, "local_dB": 2, "apq3": 3, "apq5": 5, "apq11": 11, "dda": 3}
    for name, kind in (JITTER | SHIMMER).items():
        pulses_needed = needed[kind.split(",")[0]] + (2 if name in SHIMMER else 1)
        assert np.isnan(measured[name]) == (n_pulses < pulses_needed), name


@pytest.mark.praat
def test_silence_has_no_pulses():
    sound = parselmouth.Sound(np.zeros(RATE // 2), RATE)
    pulses_s = pulses_of(sound, sound.to_pitch_ac())
    assert pulses_s.shape == (0,)
    assert np.isnan(list(shimmer_measures(sound.values[0], RATE, pulses_s).values())).all()
    silent_pulses_s = 0.1 + 0.005 * np.arange(30)  # no amplitude to compare
    assert np.isnan(list(shimmer_measures(sound.values[0], RATE, silent_pulses_s).values())).all()


@pytest.mark.praat
def test_the_search_ends_with_periods_of_two_samples():
    sound = parselmouth.Sound(noise(9, 0.5, 2000), 2000)
    pulses_s = pulses_of(sound, sound.to_pitch_ac(pitch_floor=300, pitch_ceiling=1000, voicing_threshold=0.05))
    assert (np.diff(pulses_s) > 0).all()
