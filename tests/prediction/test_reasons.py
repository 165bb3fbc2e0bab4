"""Reasons: the families that the model reports, one value of each in words, ranges of the model's own clips only."""

from dataclasses import replace

import numpy as np
import pytest

from prosody_ser import default_model_path, load_emodb_features, load_model, make_pipeline, train
from prosody_ser.catalogue import feature_set
from prosody_ser.catalogue.plain_words import PLAIN_WORDS
from prosody_ser.learn.inspection.feature_groups import family_of
from prosody_ser.model.answers import LEAST_REASON
from prosody_ser.prediction.reasons import Reason, known_ranges, reasons_of
from prosody_ser.report.text.model.reasons import reason_lines

FAMILIES = {"pitch", "intensity", "formants", "voice quality", "timing", "spectrum"}


@pytest.fixture(scope="module")
def model():
    return train(load_emodb_features(), make_pipeline("lda"), folds=2)


def test_plain_words_are_of_known_features_of_every_family():
    known = {feature.name for feature in feature_set("prosody_v1")}
    assert set(PLAIN_WORDS) <= known
    assert {family_of(name) for name in PLAIN_WORDS} == FAMILIES


def test_pushes_of_families_add_up_and_the_feature_named_pushes_the_same_way(model):
    X = load_emodb_features().X
    clip = X.iloc[[7]]
    prediction = model.predict(clip).iloc[0]
    reasons = reasons_of(model, clip, prediction["label"], known_ranges(model))
    assert [abs(one.push) for one in reasons] == sorted((abs(one.push) for one in reasons), reverse=True)
    assert all(abs(one.push) >= LEAST_REASON for one in reasons)
    shown = [f"{one.family} {one.push:+.1f}" for one in reasons[:3]]
    assert ", ".join(shown) == prediction["reasons"]
    for one in reasons:
        assert family_of(one.feature) == one.family
        assert one.value == clip[one.feature].iloc[0]
        assert one.usual[0] < one.usual[1]


def test_ranges_are_of_the_clips_that_the_model_learned_from_or_of_none(model):
    table = load_emodb_features()
    few = replace(table, frame=table.frame.iloc[:200])
    small = train(few, make_pipeline("lda"), folds=2)
    assert known_ranges(model).source.startswith("EMO-DB")
    assert known_ranges(load_model(default_model_path())).of("anger", "f1_mean_hz")
    assert known_ranges(small) is None  # part of EMO-DB: which part, its file does not say
    assert known_ranges(small, few).of("anger", "f1_mean_hz")
    assert known_ranges(small, table) is None
    other = replace(model, card=model.card | {"training": model.card["training"] | {"corpora": []}})
    assert known_ranges(other) is None


def test_sentences_say_value_range_and_side():
    reasons = [
        Reason("pitch", 1.8, "f0_range_p20_p80_st", 9.04, (7.0, 12.0)),
        Reason("pitch", -0.3, "f0_p50_st", 36.0, (24.0, 48.0)),
        Reason("timing", 0.7, "pause_share_ratio", 0.25, None),
        Reason("spectrum", 0.6),
    ]
    minus = "\N{MINUS SIGN}"
    assert reason_lines(reasons, "happiness", within_speaker=False) == [
        ("Pitch: strongly for happiness (+1.8)", "pitch range 9.0 st; happiness usually 7.0 to 12.0"),
        (f"Pitch: slightly against happiness ({minus}0.3)", "middle of the pitch 220 Hz; happiness usually 110 to 440"),
        ("Timing: for happiness (+0.7)", "share of pauses 25 %"),
        ("Spectrum: for happiness (+0.6)", ""),
    ]
    (line,) = reason_lines([Reason("pitch", 1.0, "f0_p50_st", -2.0, (-3.0, 4.0))], "anger", within_speaker=True)
    assert line[1] == f"middle of the pitch 2.0 st less than this speaker's mean; anger usually {minus}3.0 to +4.0"


def test_an_undefined_value_is_not_shown(model):
    clip = load_emodb_features().X.iloc[[7]].copy()
    clip[[name for name in PLAIN_WORDS if family_of(name) == "pitch"]] = np.nan
    reasons = reasons_of(model, clip, "anger")
    assert all(not one.feature for one in reasons if one.family == "pitch")
