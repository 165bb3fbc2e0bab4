"""Computed features agree with the catalogue for every set, and are invariant where they should be."""

import json

import numpy as np
import pytest
import soundfile
import soxr

from prosody_ser.audio.prepare import prepare_audio
from prosody_ser.catalogue import CONTOURS, FEATURE_SETS, MEASURES, all_features, feature_set
from prosody_ser.contours import GROUPS, Analysis
from prosody_ser.errors import ProtocolError
from prosody_ser.features import Job, column_names
from prosody_ser.functionals.statistics import FUNCTIONALS
from prosody_ser.measures import MEASURE_GROUPS
from prosody_ser.report.text.features import FORMATS
from tests.support.measuring import row_of
from tests.support.signals import RATE, speech_like, voice

UNIT_AT_THE_END = {
    "st": "_st",
    "st/s": "_st_per_s",
    "dB": "_db",
    "dB/s": "_db_per_s",
    "Hz": "_hz",
    "Hz/s": "_hz_per_s",
    "s": "_s",
    "1/s": "_per_s",
    "1/s/s": "_per_s_per_s",
    "st/s2": "_st_per_s2",
    "dB/kHz": "_db_per_khz",
    "cm": "_cm",
    "ratio": "_ratio",
}


def test_every_feature_is_documented():
    for name, feature in all_features().items():
        check_documented(name, feature)


def check_documented(name, feature):
    assert name == feature.name == name.lower()
    assert "__" not in name
    if feature.unit in UNIT_AT_THE_END:
        assert name.endswith(UNIT_AT_THE_END[feature.unit])
    assert feature.definition
    assert feature.source
    assert feature.family
    assert feature.minimum < feature.maximum
    if feature.functional is None:
        assert MEASURES[name] is feature
        assert feature.group in MEASURE_GROUPS
    else:
        assert FUNCTIONALS[feature.functional.name] is feature.functional
        assert CONTOURS[feature.contour.descriptor] is feature.contour
        assert feature.group in GROUPS


@pytest.mark.parametrize(
    ("name", "least", "most"), [("prosody_v1", 100, 150), ("full_v1", 1500, 5000), ("wide_v1", 3000, 5000)]
)
def test_sizes_of_the_sets(name, least, most):
    assert least <= len(feature_set(name)) <= most


def test_the_small_set_is_part_of_the_full_one():
    assert {f.name for f in feature_set("prosody_v1")} <= {f.name for f in feature_set("full_v1")}


@pytest.mark.parametrize("group", MEASURE_GROUPS)
def test_every_group_of_measures_computes_what_is_listed(group):
    clip = Analysis(prepare_audio(voice(), RATE))
    assert list(MEASURE_GROUPS[group](clip)) == [f.name for f in MEASURES.values() if f.group == group]


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_every_set_is_computed_in_its_order_and_ranges(name):
    features = feature_set(name)
    assert len({f.name for f in features}) == len(features)
    row = row_of(speech_like(), name)
    assert list(row) == [f.name for f in features] == list(column_names(Job(name)))
    for feature in features:
        assert np.isfinite(row[feature.name]), feature.name
        assert feature.minimum <= row[feature.name] <= feature.maximum, feature.name


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_voiceless_speech_is_undefined_never_zero(name):
    row = row_of(np.random.default_rng(0).normal(scale=0.1, size=RATE // 2), name)
    for feature in feature_set(name):
        voiced_only = feature.contour is not None and feature.contour.over == "voiced"
        if feature.family in ("pitch", "formants") or feature.group == "perturbation" or voiced_only:
            assert np.isnan(row[feature.name]), feature.name


@pytest.mark.parametrize("name", FEATURE_SETS)
@pytest.mark.parametrize("seconds", [0.1, 0.11, 0.12, 0.15])
def test_shortest_clip_is_measured(name, seconds):
    """0.1 s of speech is enough for every command of Praat and every kernel."""
    for samples in (voice(200, seconds), np.random.default_rng(1).normal(size=round(seconds * RATE))):
        assert np.isfinite(row_of(samples, name)["mfcc1_mean_db"])


def test_the_small_set_has_the_values_that_it_has_in_the_full_one():
    for samples in (speech_like(), voice(200, 0.12), np.random.default_rng(0).normal(scale=0.1, size=RATE // 2)):
        small, full = row_of(samples, "prosody_v1"), row_of(samples, "full_v1")
        np.testing.assert_array_equal(list(small.values()), [full[name] for name in small])


def test_an_octave_up_is_twelve_semitones():
    rows = [row_of(voice(f0, 1.0)) for f0 in (110, 220)]
    for name in ("f0_mean_st", "f0_p20_st", "f0_p50_st", "f0_p80_st"):
        assert rows[1][name] - rows[0][name] == pytest.approx(12, abs=0.05)


@pytest.fixture(scope="module")
def clips(synthetic):
    """A few synthetic clips as samples."""
    return [soundfile.read(path)[0] for path in sorted(synthetic.glob("*.wav"))[::80]]


@pytest.mark.parametrize("name", FEATURE_SETS)
@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_gain_moves_level_features_by_its_decibels_and_no_others(clips, name, gain_db):
    for samples in clips[:2]:
        plain, moved = row_of(samples, name), row_of(samples * 10 ** (gain_db / 20), name)
        for feature in feature_set(name):
            is_level = feature.contour is not None and feature.contour.level and feature.functional.unit == "value"
            expected = plain[feature.name] + gain_db * is_level
            assert moved[feature.name] == pytest.approx(expected, rel=1e-3, abs=1e-3, nan_ok=True), feature.name


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_silence_at_the_ends_changes_nothing(clips, name):
    """Half a second of digital silence at either end moves no endpoint and no frame: every value stays to 1e-6."""
    silence = np.zeros(RATE // 2)
    for samples in clips:
        plain, padded = row_of(samples, name), row_of(np.concatenate([silence, samples, silence]), name)
        for feature in feature_set(name):
            value = plain[feature.name]
            assert padded[feature.name] == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), feature.name


def test_time_reversal_flips_slopes(clips):
    """Reversed, a clip has the same levels and distributions, and slopes of the other sign, within the spread of
    what frames at other places give."""
    flipped = ("f0_slope_st_per_s", "intensity_slope_db_per_s", "f0_dct1_st")
    kept = ("f0_mean_st", "f0_p50_st", "intensity_mean_db", "loudness_mean_db", "mfcc1_mean_db")
    for samples in clips:
        step = 160
        whole = samples[: samples.size // step * step]  # so that the frames of both lie at the same places
        forth, back = row_of(whole), row_of(whole[::-1])
        for name in flipped:
            # An endpoint may lie a frame farther out: filters run forwards.
            assert back[name] == pytest.approx(-forth[name], abs=0.1 * abs(forth[name]) + 0.5), name
        for name in kept:
            assert back[name] == pytest.approx(forth[name], abs=0.5), name
        # The cross-correlation compares a frame with what follows it: reversed, with what came before.
        assert back["hnr_mean_db"] == pytest.approx(forth["hnr_mean_db"], abs=1.0)


def test_a_recording_at_48_khz_has_the_same_row(clips):
    """Stored at 48 kHz and read back: band-limited resampling keeps what lies below 7 kHz."""
    for samples in clips:
        there_and_back = soxr.resample(samples, RATE, 48000, quality="VHQ")
        plain, resampled = row_of(samples), row_of(there_and_back, rate=48000)
        for name in ("f0_mean_st", "f0_sd_st", "intensity_mean_db", "f1_mean_hz", "f2_mean_hz", "speech_rate_per_s"):
            assert resampled[name] == pytest.approx(plain[name], rel=0.02), name


def test_unknown_set():
    with pytest.raises(ProtocolError, match="prosody_v1, full_v1, wide_v1"):
        feature_set("egemaps")


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_listings_hold_every_feature(name):
    features = feature_set(name)
    listed = json.loads(FORMATS["json"](name, features))
    assert [f["name"] for f in listed["features"]] == [f.name for f in features]
    assert listed["n_features"] == len(features)
    markdown = FORMATS["markdown"](name, features).splitlines()
    rows = [line for line in markdown if line.startswith("| `")]
    assert len(rows) == len(features)
    assert all(row.replace(r"\|", "").count("|") == 7 for row in rows)  # a bar of a formula is escaped
    assert all(f["formula"] for f in listed["features"])
