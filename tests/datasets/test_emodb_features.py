"""The built-in table of EMO-DB is small, complete, and equal to what the recordings give."""

import numpy as np
import pytest

from prosody_ser import evaluate, load_emodb_features, make_pipeline
from prosody_ser.datasets.emodb_features import PATH, names_kept


def test_it_is_emodb_and_small():
    table = load_emodb_features()
    assert len(table) == table.usable.sum() == 535
    assert len(table.feature_names) == 132
    assert table.about["feature_set"] == "prosody_v1"
    frame = table.frame
    assert (frame["corpus"] == "emodb").all()
    assert (frame["speaker"].nunique(), frame["emotion"].nunique(), frame["sentence"].nunique()) == (10, 7, 10)
    assert sorted(frame.groupby("speaker")["sex"].first()) == ["female"] * 5 + ["male"] * 5
    assert frame["age"].between(21, 35).all()
    assert table.notice is None
    assert PATH.stat().st_size < 1_000_000
    assert load_emodb_features(None).feature_names == names_kept()


def test_scores_are_those_of_real_speech():
    """0.66 is what eGeMAPSv02 with an SVM reaches, leave one speaker out."""
    assert evaluate(load_emodb_features(), make_pipeline("svm")).uar > 0.66


@pytest.mark.slow
def test_it_is_what_the_recordings_give(emodb_full):
    """Within the differences between processors and FFTs."""
    kept, now = load_emodb_features(None), emodb_full
    assert list(kept.frame["file"]) == list(now.frame["file"])
    for name in ("speaker", "emotion", "sentence", "sex"):
        assert list(kept.frame[name]) == list(now.frame[name])
    for name in kept.feature_names:
        then, measured = kept.frame[name].to_numpy(), now.frame[name].to_numpy()
        spread = np.nanmax(then) - np.nanmin(then)
        assert np.isclose(then, measured, rtol=1e-6, atol=1e-3 * spread, equal_nan=True).mean() > 0.99, name
