"""Shortcuts, which tell the emotion but are not in the voice, are named, with the score of a model without them."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import KFold

from prosody_ser import load_emodb_features
from prosody_ser.catalogue import all_features
from prosody_ser.catalogue.feature import ABSOLUTE
from prosody_ser.learn.audit import audit
from tests.support.planted import code, noise, with_columns


def told(table):
    return {f.evidence["what"]: f for f in audit(table) if f.check == "shortcuts"}


def test_duration_silence_level_and_rate_that_tell_emotions_are_named():
    table = noise()
    emotion = code("emotion")(table.frame)
    rng = np.random.default_rng(0)
    cases = {
        "duration": (table.frame.assign(end=table.frame["end"] + emotion), "note"),
        "leading silence": (table.frame.assign(lead=table.frame["lead"] + 0.25 * emotion), "note"),
        "trailing silence": (table.frame.assign(trail=table.frame["trail"] + 0.25 * emotion), "note"),
        "sample rate": (table.frame.assign(sample_rate_hz=np.where(emotion, 48000.0, 16000.0)), "warning"),
        "bandwidth": (table.frame.assign(bandwidth_hz=4000 + 1000 * emotion), "warning"),
        # In noise nothing else tells anything, so that the level is worth all that the model knows.
        "level": (table.frame.assign(intensity_mean_db=60 + emotion + rng.normal(size=240)), "warning"),
        "pauses": (table.frame.assign(pause_share_ratio=0.1 * emotion + 0.1 * rng.random(240)), "warning"),
        "noise floor": (table.frame.assign(intensity_rel_p20_db=-9 * emotion + rng.normal(size=240)), "warning"),
    }
    floor_db = -70 + 9 * emotion + rng.normal(size=240)
    (measured,) = told(replace(table, frame=table.frame.assign(noise_floor_db=floor_db))).values()
    assert (measured.severity, measured.evidence["column"]) == ("warning", "noise_floor_db")
    for what, (frame, severity) in cases.items():
        names = dict.fromkeys(
            [*table.feature_names, *(c for c in ("pause_share_ratio", "intensity_rel_p20_db") if c in frame)]
        )
        findings = told(with_columns(frame, names))
        assert set(findings) == {what}
        assert findings[what].severity == severity, what
        assert findings[what].evidence["z"] >= 4
        assert findings[what].effect


def test_pauses_whose_length_tells_the_emotion_are_named_by_their_length():
    """Their share of the clip says little if clips differ in length."""
    table = noise()
    rng, emotion = np.random.default_rng(3), code("emotion")(table.frame)
    length_s = 0.2 + 0.2 * emotion + 0.02 * rng.random(len(emotion))
    frame = table.frame.assign(pause_share_ratio=length_s * rng.uniform(0.05, 1, len(emotion)), pause_mean_s=length_s)
    finding = told(with_columns(frame, [*table.feature_names, "pause_share_ratio", "pause_mean_s"]))["pauses"]
    assert (finding.severity, finding.evidence["column"]) == ("warning", "pause_mean_s")


@pytest.mark.parametrize("range_db", [3, 12])
def test_a_gain_by_emotion_is_a_warning_with_the_score_without_the_level(range_db):
    """A gain moves features of absolute level by its decibels, and no other: the score without them stays."""
    table, known = load_emodb_features(), all_features()
    moved = [name for name in table.feature_names if ABSOLUTE in known[name].definition]
    before = told(table)["level"]
    assert before.severity == "note"
    emotion = code("emotion")(table.frame)
    gain_db = np.linspace(-range_db, range_db, 7)[emotion.astype(int)]
    after = told(replace(table, frame=table.frame.assign(**{name: table.frame[name] + gain_db for name in moved})))
    assert after["level"].severity == "warning"
    scores = [finding.evidence["quick_model_without"] for finding in (before, after["level"])]
    assert scores[0] == scores[1] < after["level"].evidence["quick_model_with"] - 0.05
    assert f"{scores[1]:.2f} without the {len(moved)} that depend on it" in after["level"].sentence


@pytest.mark.parametrize(
    ("folds", "n_findings"), [("auto", 0), (KFold(4), 1), (KFold(4, shuffle=True, random_state=0), 0)]
)
def test_the_order_of_rows_is_named_where_folds_are_cut_from_it(folds, n_findings):
    table = noise()
    in_order = with_columns(table.frame.sort_values("emotion", ignore_index=True), table.feature_names)
    findings = [f for f in audit(in_order, folds) if f.check == "shortcuts"]
    assert [f.severity for f in findings] == ["warning"] * n_findings
    assert all("folds are cut from it" in f.sentence for f in findings)
    assert not told(table)


def test_the_order_of_rows_is_named_where_a_feature_follows_it():
    """The order need not tell exactly, and does not count if the rows are merely sorted by emotion."""
    table = noise()
    frame = table.frame.sort_values(["speaker", "emotion"], ignore_index=True)
    with_emotion = frame.assign(x2=code("emotion")(frame) + 0.3 * frame["x2"])
    assert "order of the rows" not in told(with_columns(with_emotion, table.feature_names))
    louder = frame.assign(intensity=np.where(np.arange(240) % 2, "strong", "normal"))
    louder = louder.sort_values(["speaker", "emotion", "intensity"], ignore_index=True)
    by_intensity = louder.assign(x2=4 * (louder["intensity"] == "strong") + 0.3 * louder["x2"])
    assert "order of the rows" not in told(with_columns(by_intensity, table.feature_names))
    drifting = frame.assign(x2=np.arange(240) + 3 * frame["x2"])
    finding = told(with_columns(drifting, table.feature_names))["order of the rows"]
    assert (finding.severity, finding.evidence["column"]) == ("warning", "x2")


def test_a_duration_that_gives_the_label_away_is_a_warning():
    table = noise()
    frame = table.frame.assign(end=3 + 2 * code("emotion")(table.frame) + 0.1 * table.frame["x0"])
    assert told(with_columns(frame, table.feature_names))["duration"].severity == "warning"
