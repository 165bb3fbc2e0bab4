"""The catalogue and what is computed agree, for every set."""

import numpy as np
import pytest

from prosody_ser.audio import prepare_audio
from prosody_ser.catalogue import CONTOUR_GROUPS, FEATURE_SETS, FEATURES, feature_set
from prosody_ser.contours import Analysis
from prosody_ser.errors import ProtocolError
from prosody_ser.features import compute_row
from prosody_ser.functionals import FUNCTIONALS
from prosody_ser.measures import MEASURES

from .conftest import RATE, voice

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
    "ratio": "_ratio",
}


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_is_documented(name):
    feature = FEATURES[name]
    assert name == feature.name == name.lower()
    assert "__" not in name
    assert name.endswith(UNIT_AT_THE_END[feature.unit])
    assert feature.definition
    assert feature.source
    assert feature.family
    assert feature.minimum < feature.maximum
    if feature.functional is None:
        assert feature.group in MEASURES
    else:
        assert feature.functional in FUNCTIONALS
        assert feature.row < len(CONTOUR_GROUPS[feature.group])


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_every_set_is_computed_in_its_order(name):
    features = feature_set(name)
    assert len({f.name for f in features}) == len(features)
    samples = np.concatenate([voice(140), np.zeros(RATE // 2), voice(180)])
    row = compute_row(Analysis(prepare_audio(samples, RATE)), features)
    assert list(row) == [f.name for f in features]
    for feature in features:
        value = row[feature.name]
        assert np.isfinite(value), feature.name
        assert feature.minimum <= value <= feature.maximum, feature.name


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_voiceless_speech_is_undefined_never_zero(name):
    noise = np.random.default_rng(0).normal(scale=0.1, size=RATE // 2)
    row = compute_row(Analysis(prepare_audio(noise, RATE)), feature_set(name))
    for feature in feature_set(name):
        if feature.family == "pitch":
            assert np.isnan(row[feature.name]), feature.name


def test_each_group_has_a_row_for_each_contour():
    clip = Analysis(prepare_audio(voice(), RATE))
    for group, contours in CONTOUR_GROUPS.items():
        assert clip.contour_group(group)[1].shape[0] == len(contours), group


def test_shortest_clip_is_measured():
    """0.1 s is promised to be enough for every command of Praat that is called."""
    for seconds in (0.1, 0.11, 0.12, 0.15):
        row = compute_row(Analysis(prepare_audio(voice(200, seconds), RATE)), feature_set("prosody_v0"))
        assert np.isfinite(row["mfcc1_mean_db"])


def test_an_octave_up_is_twelve_semitones():
    rows = [compute_row(Analysis(prepare_audio(voice(f0, 1.0), RATE)), feature_set("prosody_v0")) for f0 in (110, 220)]
    for name in ("f0_mean_st", "f0_p20_st", "f0_p50_st", "f0_p80_st"):
        assert rows[1][name] - rows[0][name] == pytest.approx(12, abs=0.05)


def test_gain_moves_level_features_by_its_decibels_and_no_others(synthetic):
    from prosody_ser.audio import read_audio

    samples = read_audio(sorted(synthetic.glob("*.wav"))[0]).samples
    features = feature_set("prosody_v0")
    quiet, loud = (compute_row(Analysis(prepare_audio(g * samples, RATE)), features) for g in (0.5, 1.0))
    levels = {"intensity_mean_db", "intensity_p20_db", "intensity_p50_db", "intensity_p80_db"}
    for feature in features:
        shift = 20 * np.log10(2) if feature.name in levels else 0
        expected = quiet[feature.name] + shift
        assert loud[feature.name] == pytest.approx(expected, rel=1e-3, abs=1e-3, nan_ok=True), feature.name


def test_silence_at_the_ends_changes_nothing(synthetic):
    """Half a second of silence at either end moves no endpoint, so not one value beyond rounding."""
    from prosody_ser.audio import read_audio

    features = feature_set("prosody_v0")
    silence = np.zeros(RATE // 2)
    for path in sorted(synthetic.glob("*.wav"))[::80]:
        samples = read_audio(path).samples
        plain, padded = (
            compute_row(Analysis(prepare_audio(s, RATE)), features)
            for s in (samples, np.concatenate([silence, samples, silence]))
        )
        for feature in features:
            value = plain[feature.name]
            assert padded[feature.name] == pytest.approx(value, rel=0.02, abs=0.02, nan_ok=True), feature.name


def test_unknown_set():
    with pytest.raises(ProtocolError, match="there are: prosody_v0"):
        feature_set("egemaps")


def test_every_family_has_a_colour():
    from prosody_ser.plots.importances import FAMILY_COLOURS

    assert set(FAMILY_COLOURS) == {feature.family for feature in FEATURES.values()}
