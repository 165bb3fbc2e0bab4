"""Tables whose features were normalised, are missing or were recorded by emotion before the table was read."""

import numpy as np
import pytest

from prosody_ser.learn.audit import audit
from tests.support.planted import noise, with_columns


def changed(change, n_features=8):
    """Noise with a difference between the speakers, and the features changed by a function of frame and values."""
    table = noise(n_features=n_features)
    names = list(table.feature_names)
    voices = table.frame["speaker"].astype("category").cat.codes.to_numpy()[:, None]
    frame = table.frame.copy()
    frame[names] = change(frame, frame[names] + voices)
    return with_columns(frame, names)


def centred(frame, values):
    return values - values.groupby(frame["speaker"]).transform("mean")


def z_scores(frame, values):
    return centred(frame, values) / values.groupby(frame["speaker"]).transform("std")


def by_median(frame, values):
    return values - values.groupby(frame["speaker"]).transform("median")


def to_unit_range(frame, values):
    by_speaker = values.groupby(frame["speaker"])
    return (values - by_speaker.transform("min")) / (by_speaker.transform("max") - by_speaker.transform("min"))


def by_one_emotion(frame, values):
    own = frame["emotion"] == frame["emotion"].iloc[0]
    return values - values[own].groupby(frame["speaker"][own]).mean().loc[frame["speaker"]].to_numpy()


def of(table, check):
    return [finding for finding in audit(table) if finding.check == check]


@pytest.mark.parametrize("n_features", [3, 8])
@pytest.mark.parametrize("change", [centred, z_scores, by_median, to_unit_range, by_one_emotion])
def test_features_normalised_by_speaker_before_are_a_warning(change, n_features):
    """The result would call the score blind, although all clips of each test speaker were used."""
    (finding,) = of(changed(change, n_features), "normalised features")
    assert finding.severity == "warning"
    assert finding.sentence.startswith("Every speaker")
    assert finding.evidence["n_features"] == n_features
    assert of(changed(lambda frame, values: values, n_features), "normalised features") == []


def test_features_normalised_by_corpus_are_a_warning():
    table = noise(n_features=60)
    names = list(table.feature_names)
    frame = table.frame.assign(corpus=np.where(table.frame["speaker"] < "s03", "one", "two"))
    assert of(with_columns(frame, names), "normalised features") == []
    frame[names] -= frame.groupby("corpus")[names].transform("mean")
    (finding,) = of(with_columns(frame, names), "normalised features")
    assert (finding.severity, finding.sentence.partition(" has")[0]) == ("warning", "Every corpus")


def test_features_scaled_over_all_clips_are_a_note():
    (finding,) = of(changed(lambda frame, values: (values - values.mean()) / values.std()), "normalised features")
    assert (finding.severity, finding.evidence["n_features"]) == ("note", 8)


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_values_that_are_missing_for_one_emotion_are_a_warning(share):
    def remove(frame, values):
        mine = (frame["emotion"] == frame["emotion"].iloc[0]).to_numpy()[:, None]
        drawn = np.random.default_rng(0).random(values.shape) < share
        return values.mask(mine & drawn & (np.arange(values.shape[1]) < 6))

    (finding,) = of(changed(remove), "missing values")
    assert (finding.severity, finding.evidence["emotion"]) == ("warning", noise().frame["emotion"].iloc[0])
    rare = changed(lambda frame, values: values.mask(np.random.default_rng(0).random(values.shape) < 0.3))
    assert of(rare, "missing values") == []


@pytest.mark.parametrize("column", ["sentence", "corpus", "language", "channel"])
def test_a_circumstance_that_determines_the_emotion_is_a_warning(column):
    table = noise()
    number = table.frame["emotion"].astype("category").cat.codes
    frame = table.frame.assign(**{column: number.map({0: "", 1: "1", 2: "2"} if column == "channel" else str)})
    (finding,) = of(with_columns(frame, table.feature_names), "confounded emotions")
    assert (finding.severity, finding.evidence) == ("warning", {"column": column, "cramers_v": 1.0})
    own = frame.assign(**{column: [f"{i}" for i in range(len(frame))]})
    assert of(with_columns(own, table.feature_names), "confounded emotions") == []
