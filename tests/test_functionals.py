"""Functionals against numpy's own and against known lines."""

import numpy as np
import pytest

from prosody_ser.functionals import FUNCTIONALS, MIN_FRAMES, apply_functional

TIMES = np.arange(200) * 0.01


@pytest.fixture
def contours():
    values = np.random.default_rng(0).normal(size=(6, 200))
    values[np.random.default_rng(1).random(values.shape) < 0.3] = np.nan
    return values


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("mean", lambda v: np.nanmean(v, axis=1)),
        ("sd", lambda v: np.nanstd(v, axis=1)),
        ("p20", lambda v: np.nanpercentile(v, 20, axis=1)),
        ("p50", lambda v: np.nanmedian(v, axis=1)),
        ("p80", lambda v: np.nanpercentile(v, 80, axis=1)),
        ("range_p20_p80", lambda v: np.nanpercentile(v, 80, axis=1) - np.nanpercentile(v, 20, axis=1)),
    ],
)
def test_agrees_with_numpy(contours, name, reference):
    np.testing.assert_allclose(apply_functional(name, contours, TIMES), reference(contours))


def test_slope_agrees_with_polyfit(contours):
    expected = [np.polyfit(TIMES[np.isfinite(row)], row[np.isfinite(row)], 1)[0] for row in contours]
    np.testing.assert_allclose(apply_functional("slope", contours, TIMES), expected)


def test_slope_and_change_are_per_second():
    line = (3.0 * TIMES)[np.newaxis]
    assert apply_functional("slope", line, TIMES) == pytest.approx(3.0)
    assert apply_functional("change_p50", line, TIMES) == pytest.approx(3.0)
    assert apply_functional("change_sd", line, TIMES) == pytest.approx(0.0, abs=1e-9)
    assert apply_functional("rise_share", line, TIMES) == pytest.approx(1.0)


def test_time_reversal_flips_what_has_a_direction(contours):
    back = contours[:, ::-1]
    np.testing.assert_allclose(apply_functional("slope", back, TIMES), -apply_functional("slope", contours, TIMES))
    np.testing.assert_allclose(
        apply_functional("rise_share", back, TIMES), 1 - apply_functional("rise_share", contours, TIMES)
    )
    for name in sorted(set(FUNCTIONALS) - {"slope", "rise_share"}):
        np.testing.assert_allclose(apply_functional(name, back, TIMES), apply_functional(name, contours, TIMES))


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_too_few_frames_are_undefined_never_zero(name):
    values = np.full((2, 200), np.nan)
    values[1, : MIN_FRAMES - 1] = 1.0
    assert np.isnan(apply_functional(name, values, TIMES)).all()


@pytest.mark.parametrize("name", ["change_p50", "change_sd", "rise_share"])
def test_too_few_changes_are_undefined_too(name):
    """Three values, but one pair of neighbours."""
    values = np.array([[1.0, np.nan, 2.0, 3.0, np.nan]])
    assert np.isnan(apply_functional(name, values, TIMES[:5])).all()


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_one_contour_does_not_touch_another(contours, name):
    together = apply_functional(name, contours, TIMES)
    alone = [apply_functional(name, row[np.newaxis], TIMES)[0] for row in contours]
    np.testing.assert_allclose(together, alone)
