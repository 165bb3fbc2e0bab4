"""Pauses, voicing, syllables, rhythm and the vocal tract on signals whose values are known."""

import numpy as np
import pytest

from prosody_ser.measures.rhythm import rhythm_measures
from prosody_ser.measures.syllables import syllable_measures, syllable_nuclei
from prosody_ser.measures.timing import pauses, timing_measures
from prosody_ser.measures.variability import npvi
from prosody_ser.measures.vocal_tract import vocal_tract_measures
from tests.support.measuring import analysis
from tests.support.signals import RATE, voice

#: Pauses are seen in steps of 10 ms.
EDGES_S = 0.015


def test_noise_has_no_voice():
    noise = np.random.default_rng(1).normal(scale=0.1, size=RATE // 2)
    assert timing_measures(analysis(noise))["voiced_share_ratio"] < 0.1


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


def test_a_soft_onset_and_end_are_no_pauses():
    """Soft sound at the ends is below the threshold of pauses, but must not count as a pause."""
    rising = 10 ** (np.linspace(-34, -26, round(0.4 * RATE)) / 20)  # a level that stays is noise
    soft = rising * voice(150, 0.4, 0.3)
    clip = analysis(np.concatenate([np.zeros(8000), soft, voice(150, 1.0, 0.3), soft[::-1], np.zeros(8000)]))
    assert clip.duration_s == pytest.approx(1.8, abs=0.1)
    assert pauses(clip).size == 0


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


def test_pairwise_variability_of_known_lengths():
    """Grabe & Low's formula by hand: 0.1, 0.3 and 0.3 s give (0.2 / 0.2 + 0) / 2."""
    assert npvi(np.array([0.1, 0.3, 0.3])) == pytest.approx(0.5)
    assert npvi(np.full(5, 0.2)) == 0
    assert np.isnan(npvi(np.array([0.2])))


def test_voiced_segments_of_known_lengths():
    gap = np.zeros(round(0.15 * RATE))
    parts = [voice(seconds=s) for s in (0.2, 0.4, 0.2)]
    measured = timing_measures(analysis(np.concatenate([parts[0], gap, parts[1], gap, parts[2]])))
    assert measured["voiced_npvi_ratio"] == pytest.approx(0.2 / 0.3, abs=0.12)
    assert measured["unvoiced_mean_s"] == pytest.approx(0.15, abs=0.03)
    assert measured["unvoiced_npvi_ratio"] == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("rate_hz", [2.0, 4.5, 8.0])
def test_modulation_spectrum_of_a_known_rhythm(rate_hz):
    """A voice that swells n times a second has its modulation at n Hz."""
    t = np.arange(3 * RATE) / RATE
    clip = analysis(voice(150, 3.0) * (1 + 0.9 * np.sin(2 * np.pi * rate_hz * t)))
    measured = rhythm_measures(clip)
    assert measured["modulation_centroid_hz"] == pytest.approx(rate_hz, rel=0.1)
    strongest = max((n for n in measured if n.endswith("_ratio")), key=measured.get)
    low, high = (float(x) for x in strongest.split("_")[1:3])
    assert low <= rate_hz < high
    shares = [value for name, value in measured.items() if name.endswith("_ratio")]
    assert sum(shares) == pytest.approx(1)


def test_short_speech_has_no_rhythm():
    assert all(np.isnan(value) for value in rhythm_measures(analysis(voice(seconds=0.8))).values())


def test_vocal_tract_of_a_uniform_tube():
    """Formants at 500, 1500, 2500 and 3500 Hz are those of a tube of 350 / (2 * 1000) m = 17.5 cm."""

    class Tube:
        formants = (np.tile([[500.0], [1500.0], [2500.0], [3500.0]], 10), None)

    measured = vocal_tract_measures(Tube())
    assert measured["vocal_tract_length_cm"] == pytest.approx(17.5)
    assert measured["formant_dispersion_hz"] == pytest.approx(1000)
