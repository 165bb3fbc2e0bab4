"""A disguised label among the features is an error; honest features never are, whatever the emotions."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from prosody_ser import load_emodb_features, read_table
from prosody_ser.learn.audit import ERROR, WARNING, audit
from prosody_ser.learn.audit.checks.label_columns import find
from prosody_ser.learn.audit.material import Material
from prosody_ser.learn.audit.quick_model import QuickModel
from tests.support.corpora import case_file
from tests.support.planted import noise, with_columns

EMODB = load_emodb_features()
EMOTIONS = sorted(set(EMODB.frame["emotion"]))
#: Of these a quick model reads .81, so that a disguise has something to tell beyond.
HARD = ["anger", "disgust", "fear", "happiness"]


def disguised(emotion, rng):
    """The columns of each disguise of the label, and the ones among them that must be named."""
    code = rng.permutation(np.unique(emotion).size)[np.unique(emotion, return_inverse=True)[1]].astype(float)
    n, n_labels = code.size, np.unique(code).size
    angle = 2 * np.pi * code / n_labels
    one_hot = np.eye(n_labels)[code.astype(int)]
    scores = np.exp(6 * one_hot + rng.normal(size=one_hot.shape))
    share = 3 * rng.normal(size=n)
    right = rng.random(n) < 0.9
    return {
        "a copy with a little noise": {"a": code + rng.normal(0, 0.01, n)},
        "a copy with more noise": {"a": code + rng.normal(0, 0.25, n)},
        "a rounded code": {"a": np.round(code + rng.normal(0, 0.2, n), 1)},
        "the mean of something of the emotion": {"a": 3 + np.sqrt(code) + rng.normal(0, 0.01, n)},
        "ratings": {"a": np.cos(angle) + rng.normal(0, 0.15, n), "b": np.sin(angle) + rng.normal(0, 0.15, n)},
        "probabilities": {f"p{i}": each for i, each in enumerate((scores / scores.sum(axis=1, keepdims=True)).T)},
        "a prediction": {"a": np.where(right, code, rng.integers(0, n_labels, n)) + 1},
        "two that tell it together alone": {"a": share, "b": code - share},
        "five copies": {f"c{i}": code * rng.normal() + rng.normal(0, 0.01, n) for i in range(5)},
    }


CASES = list(disguised(np.array(["anger", "fear"]), np.random.default_rng(0)))


def errors(table):
    return [finding for finding in find(Material(table)) if finding.severity == ERROR]


def check_named(findings, columns):
    """Disguised columns but one that follows from the rest (a last probability) must be named, and no honest one."""
    named = {name for finding in findings for name in finding.evidence["features"]}
    assert named
    assert named <= columns
    assert len(columns - named) <= 1


def with_disguise(table, case):
    columns = disguised(table.frame["emotion"].to_numpy(), np.random.default_rng(0))[case]
    return with_columns(table.frame.assign(**columns), (*table.feature_names, *columns)), set(columns)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("emotions", [EMOTIONS, HARD], ids=["seven", "four"])
def test_a_disguised_label_among_features_of_the_catalogue_is_an_error(case, emotions):
    table = with_columns(EMODB.frame[EMODB.frame["emotion"].isin(emotions)], EMODB.feature_names)
    told, columns = with_disguise(table, case)
    findings = errors(told)
    check_named(findings, columns)
    for finding in findings:
        assert finding.evidence["quick_model_with"] > finding.evidence["quick_model_without"]
        assert all(repr(name) in finding.sentence for name in finding.evidence["features"])


@pytest.mark.parametrize("case", CASES)
def test_a_disguised_label_in_a_table_of_unknown_columns_is_an_error(case):
    emotion = [EMOTIONS[i % 5] for i in range(240)]
    plain = with_columns(noise(n_features=10).frame.assign(emotion=emotion), noise(n_features=10).feature_names)
    plain = renamed(plain)
    assert errors(plain) == []
    told, columns = with_disguise(plain, case)
    check_named(errors(told), columns)


def renamed(table):
    """The same columns under unknown names."""
    names = {name: f"my_{name}" for name in table.feature_names}
    return with_columns(table.frame.rename(columns=names), names.values())


@pytest.mark.parametrize("n_emotions", [2, 3])
def test_no_emotions_make_an_honest_feature_an_error(n_emotions):
    """One feature tells anger from sadness all but perfectly, whether its name is known or not."""
    best = 0
    for number, chosen in enumerate(combinations(EMOTIONS, n_emotions)):
        table = with_columns(EMODB.frame[EMODB.frame["emotion"].isin(chosen)], EMODB.feature_names)
        if number % n_emotions == 0:
            assert find(Material(table)) == [], chosen
        if number % (3 * n_emotions) == 0:
            findings = find(Material(renamed(table)))
            assert [f.severity for f in findings] in ([], [WARNING]), chosen
            best = max([best, *(uar for finding in findings for uar in finding.evidence["alone"])])
    assert n_emotions > 2 or best > 0.9


def test_a_known_name_makes_of_a_label_no_feature():
    """It is a warning, because what was done to the feature cannot be known."""
    code = pd.factorize(EMODB.frame["emotion"])[0] + np.random.default_rng(0).normal(0, 0.2, len(EMODB))
    table = with_columns(EMODB.frame.assign(f0_mean_st=30 + code), EMODB.feature_names)
    (finding,) = find(Material(table))
    assert (finding.severity, finding.evidence["features"]) == (WARNING, ["f0_mean_st"])
    assert finding.evidence["quick_model_with"] > finding.evidence["quick_model_without"]


def test_the_quick_model_scores_what_lda_scores():
    """scikit-learn's, with Ledoit-Wolf shrinkage, on the same held-out speakers: see the example of `evaluate`."""
    assert QuickModel(Material(EMODB)).score(np.arange(len(EMODB.feature_names))).uar == pytest.approx(0.785, abs=0.02)


def test_probabilities_that_are_often_wrong_are_a_warning_among_unknown_columns():
    """Each tells little, and together they tell no more than good features can, but they raise the score."""
    emotion, rng = EMODB.frame["emotion"].to_numpy(), np.random.default_rng(0)
    one_hot = np.eye(len(EMOTIONS))[np.searchsorted(EMOTIONS, emotion)]
    columns = np.exp(3 * one_hot + rng.normal(size=one_hot.shape))
    columns = {f"p{i}": each for i, each in enumerate((columns / columns.sum(axis=1, keepdims=True)).T)}
    honest = renamed(EMODB)
    table = with_columns(honest.frame.assign(**columns), (*honest.feature_names, *columns))
    (finding,) = find(Material(table))
    assert finding.severity == WARNING
    check_named([finding], {*columns})
    assert finding.evidence["quick_model_with"] - finding.evidence["quick_model_without"] > 0.1


def test_few_columns_that_beat_all_features_by_little_are_a_warning():
    """They may be measurements (or probabilities of a good model), so the audit only reports the two scores."""
    rng = np.random.default_rng(0)
    one_hot = pd.get_dummies(EMODB.frame["emotion"]).to_numpy(dtype=float)
    columns = dict(zip("abcdefg", (one_hot + 0.38 * rng.normal(size=one_hot.shape)).T, strict=True))
    findings = find(Material(with_columns(EMODB.frame.assign(**columns), (*EMODB.feature_names, *columns))))
    assert [finding.severity for finding in findings] == [WARNING]
    assert set(findings[0].evidence["features"]) <= set(columns)


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("label-copy-in-own-table/leak.csv", {"g10"}),
        ("rating-columns-as-features/predictions.csv", {"p_anger", "p_happiness", "p_neutral", "p_sadness"}),
        ("rating-columns-as-features/ratings.csv", {"valence", "arousal"}),
        ("rating-columns-as-features/without.csv", set()),
    ],
)
def test_cases_that_were_missed(file, columns):
    errors = [f for f in audit(read_table(case_file(file))) if f.severity == ERROR]
    assert columns <= {name for finding in errors for name in finding.evidence["features"]}
    assert bool(errors) == bool(columns)
