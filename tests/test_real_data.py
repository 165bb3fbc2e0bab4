"""Scores on real corpora: what the project promises. Each needs recordings that are not part of it."""

import pytest

from prosody_ser import evaluate, extract_table, make_pipeline
from prosody_ser.catalogue import FEATURES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def emodb_table(emodb):
    return extract_table(emodb)


@pytest.fixture(scope="module")
def ravdess_table(ravdess):
    return extract_table(ravdess)


@pytest.mark.parametrize(("speaker_norm", "least"), [("none", 0.66), ("speaker", 0.79)])
def test_emodb_reaches_what_egemaps_reaches(emodb_table, speaker_norm, least):
    """openSMILE's eGeMAPSv02 with an SVM, leave one speaker out: 0.66 blind, 0.79 speaker-normalised."""
    assert evaluate(emodb_table, make_pipeline("svm", speaker_norm=speaker_norm)).uar >= least


def test_ravdess_is_far_above_chance(ravdess_table):
    assert evaluate(ravdess_table, make_pipeline("svm")).uar > 0.45


@pytest.mark.parametrize("corpus", ["emodb_table", "ravdess_table"])
def test_every_clip_is_measured_within_the_valid_ranges(request, corpus):
    table = request.getfixturevalue(corpus)
    assert (table.frame["status"] == "ok").all()
    for name in table.feature_names:
        values = table.frame[name].dropna()
        assert values.between(FEATURES[name].minimum, FEATURES[name].maximum).all(), name
        if name != "pause_mean_s":  # most clips have no pause
            assert len(values) >= 0.95 * len(table), name
        assert values.nunique() > 2, name


def test_ravdess_silence_is_cut_and_emodb_has_little(emodb_table, ravdess_table):
    assert ravdess_table.frame["lead"].median() == pytest.approx(1.0, abs=0.2)
    assert emodb_table.frame["lead"].median() < 0.2


def test_women_speak_higher_than_men(emodb_table):
    f0 = emodb_table.frame.groupby("sex")["f0_p50_st"].median()
    assert 5 < f0["female"] - f0["male"] < 12
