"""What the features of `best` add to a score: tested on known sums, and on functions whose division is known."""

import numpy as np
import pandas as pd
import pytest

from prosody_ser.learn.classifiers.family_ridge import FamilyRidgeClassifier
from prosody_ser.learn.inspection.family_paths import path_values

NAMES = ["f0_mean_st", "f0_sd_st", "intensity_sd_db", "mfcc1_mean_db", "mfcc2_mean_db"]


@pytest.fixture
def fitted():
    rng = np.random.default_rng(0)
    y = np.tile(["anger", "fear", "joy"], 30)
    X = rng.normal(size=(90, 5))
    X[:, 0] += 2 * (y == "anger")
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return FamilyRidgeClassifier(linear_share=0.3).fit(pd.DataFrame(X, columns=NAMES), y), X


def test_values_add_up_to_the_score_and_of_a_family_to_what_it_adds(fitted):
    model, X = fitted
    values, base = path_values(model, X[:8])
    rows, origin = (pd.DataFrame(some, columns=NAMES) for some in (X[:8], np.zeros((1, 5))))
    np.testing.assert_allclose(base, model.decision_function(origin)[0], atol=1e-12)
    np.testing.assert_allclose(base + values.sum(axis=1), model.decision_function(rows), atol=1e-9)
    for number in range(len(model.families_)):
        members = model.family_of_ == number
        expected = model.family_scores(rows)[number] - model.family_scores(origin)[number]
        np.testing.assert_allclose(values[:, members].sum(axis=1), expected, atol=1e-9)


def test_a_feature_that_is_as_in_the_mean_clip_adds_nothing_of_its_kernel(fitted):
    model, _ = fitted
    row = np.array([[2.0, 0.0, 0.0, 1.0, 0.0]])
    values, _ = path_values(model, row)
    assert (np.abs(values[0]).max(axis=1) > 1e-6).tolist() == [True, False, False, True, False]


def test_the_feature_that_tells_an_emotion_speaks_for_it(fitted):
    model, _ = fitted
    high = np.zeros((1, 5))
    high[0, 0] = 2.0
    values, _ = path_values(model, high)
    assert values[0, :, 0].argmax() == 0
    assert values[0, 0, 0] > 0.1 > values[0, 0, 1:].max()
