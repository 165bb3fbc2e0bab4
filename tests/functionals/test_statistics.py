"""Functionals compared with numpy and with known lines."""

import numpy as np
import pytest
import scipy.fft
import scipy.ndimage
import scipy.stats

from prosody_ser.functionals.contour_matrix import MIN_FRAMES, Contours
from prosody_ser.functionals.statistics import FUNCTIONALS, UNIT_RULES
from prosody_ser.functionals.statistics import apply_functional as apply_to_contours

TIMES = np.arange(200) * 0.01


def apply_functional(name, values, times):
    return apply_to_contours(FUNCTIONALS[name], Contours(values, times))


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
        ("cv", lambda v: np.nanstd(v, axis=1) / np.nanmean(v, axis=1)),
        ("skewness", lambda v: scipy.stats.skew(v, axis=1, nan_policy="omit")),
        ("kurtosis", lambda v: scipy.stats.kurtosis(v, axis=1, nan_policy="omit")),
        ("energy_mean", lambda v: 10 * np.log10(np.nanmean(10 ** (v / 10), axis=1))),
        ("p05", lambda v: np.nanpercentile(v, 5, axis=1)),
        ("p95", lambda v: np.nanpercentile(v, 95, axis=1)),
        ("range_p05_p95", lambda v: np.nanpercentile(v, 95, axis=1) - np.nanpercentile(v, 5, axis=1)),
        ("change_mean", lambda v: np.nanmean(np.abs(np.diff(v, axis=1)), axis=1) / 0.01),
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
    assert apply_functional("rise_mean", line, TIMES) == pytest.approx(3.0)
    assert np.isnan(apply_functional("fall_mean", line, TIMES))
    assert apply_functional("slope_residual", line, TIMES) == pytest.approx(0.0, abs=1e-9)
    assert apply_functional("curvature", line, TIMES) == pytest.approx(0.0, abs=1e-9)
    assert apply_functional("final_slope", line, TIMES) == pytest.approx(3.0)


def test_curvature_agrees_with_polyfit(contours):
    expected = [2 * np.polyfit(TIMES[np.isfinite(row)], row[np.isfinite(row)], 2)[0] for row in contours]
    np.testing.assert_allclose(apply_functional("curvature", contours, TIMES), expected)


def test_final_part_is_the_last_three_tenths_of_a_second():
    values = np.where(TIMES < 1.5, 10.0, 4.0)[np.newaxis]
    values[:, 180:] = np.nan  # the contour ends at 1.8 s
    assert apply_functional("final_drop", values, TIMES) == pytest.approx(4.0 - np.nanmean(values))
    fall = np.where(TIMES < 1.7, 10.0, 10.0 - 20 * (TIMES - 1.7))[np.newaxis]
    assert apply_functional("final_slope", fall, TIMES) == pytest.approx(-20, rel=0.01)


def test_positions_of_the_extremes():
    arch = -((TIMES - 0.5) ** 2)[np.newaxis]
    assert apply_functional("max_position", arch, TIMES) == pytest.approx(0.5 / 1.99)
    assert apply_functional("min_position", arch, TIMES) == pytest.approx(1.0)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_dct_coefficients_are_amplitudes_of_half_waves(k):
    share = (np.arange(200) + 0.5) / 200
    wave = (7.0 + 3.0 * np.cos(np.pi * k * share))[np.newaxis]
    gap = wave.copy()
    gap[:, 90:94] = np.nan
    for values, tolerance in ((wave, 0.03), (gap, 0.06)):
        for other in range(1, 6):
            expected = 3.0 if other == k else 0.0
            assert apply_functional(f"dct{other}", values, TIMES) == pytest.approx(expected, abs=tolerance)


def test_dct_agrees_with_scipy_on_a_smooth_contour():
    values = np.cumsum(np.random.default_rng(0).normal(size=(3, 200)), axis=1)
    smooth = scipy.ndimage.gaussian_filter1d(values, 10, axis=1)
    expected = scipy.fft.dct(smooth, axis=1) / 200
    for k in range(1, 6):
        np.testing.assert_allclose(apply_functional(f"dct{k}", smooth, TIMES), expected[:, k], atol=0.05)


#: What time reversal does to each functional that it changes.
REVERSED = {
    **dict.fromkeys(("slope", "dct1", "dct3", "dct5"), lambda same: -same),
    **dict.fromkeys(("rise_share", "max_position", "min_position", "time_centroid"), lambda same: 1 - same),
}


def test_time_reversal_flips_what_has_a_direction(contours):
    back = contours[:, ::-1]
    pairs = {"rise_mean": "fall_mean", "rise_slope_mean": "fall_slope_mean", "rise_slope_sd": "fall_slope_sd"}
    for name in sorted(set(FUNCTIONALS) - {"final_drop", "final_slope", *pairs, *pairs.values()}):
        expected = REVERSED.get(name, lambda same: same)(apply_functional(name, contours, TIMES))
        np.testing.assert_allclose(apply_functional(name, back, TIMES), expected, err_msg=name, atol=1e-12)
    for rise, fall in pairs.items():
        forth = apply_functional(fall, contours, TIMES)
        np.testing.assert_allclose(apply_functional(rise, back, TIMES), forth, err_msg=rise)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONALS) - {"energy_mean", "final_drop", "final_slope"}))
def test_units_follow_the_rule(contours, name):
    """In other units (a value times ten, time in half seconds) each value moves as its unit says.

    Left out: a level has no scale, and the final part is a fixed time.
    """
    rule = FUNCTIONALS[name].unit
    power_of_value = dict.fromkeys(("share", "number", "level_ratio", "events", "duration"), 0).get(rule, 1)
    power_of_time = {"rate": 1, "speed": 1, "acceleration": 2, "events": 1, "duration": -1}.get(rule, 0)
    moved = apply_functional(name, 10 * contours, TIMES / 2)
    expected = apply_functional(name, contours, TIMES) * 10.0**power_of_value * 2.0**power_of_time
    np.testing.assert_allclose(moved, expected, rtol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_values_stay_in_the_range_of_their_rule(name):
    """Noise between its bounds, a step and a spike give nothing outside the range that the catalogue derives."""
    rng = np.random.default_rng(3)
    values = np.stack([rng.uniform(1, 3, size=200), np.where(TIMES < 1, 1.0, 3.0), np.where(TIMES == 1, 3.0, 1.0)])
    _, low, high = UNIT_RULES[FUNCTIONALS[name].unit]("dB", 1.0, 3.0)
    result = apply_functional(name, values, TIMES)
    assert (np.isnan(result) | ((result >= low) & (result <= high))).all()


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_too_few_frames_are_undefined_never_zero(name):
    values = np.full((2, 200), np.nan)
    values[1, : MIN_FRAMES - 1] = 1.0
    assert np.isnan(apply_functional(name, values, TIMES)).all()


@pytest.mark.parametrize("name", ["change_p50", "change_mean", "change_sd", "rise_share", "rise_mean"])
def test_too_few_changes_are_undefined_too(name):
    """Three values, but one pair of neighbours."""
    values = np.array([[1.0, np.nan, 2.0, 3.0, np.nan]])
    assert np.isnan(apply_functional(name, values, TIMES[:5])).all()


@pytest.mark.parametrize("name", FUNCTIONALS)
def test_one_contour_does_not_touch_another(contours, name):
    together = apply_functional(name, contours, TIMES)
    alone = [apply_functional(name, row[np.newaxis], TIMES)[0] for row in contours]
    np.testing.assert_allclose(together, alone, atol=1e-12)


def test_infinities_are_undefined():
    """They would shift every quantile, and count as changes upwards."""
    known = np.arange(20.0)
    with_infinities = np.concatenate([np.full(5, -np.inf), known])
    with_gaps = np.concatenate([np.full(5, np.nan), known])
    times_s = np.arange(25) * 0.01
    for functional in FUNCTIONALS.values():
        one, other = (
            apply_to_contours(functional, Contours(values[np.newaxis], times_s))
            for values in (with_infinities, with_gaps)
        )
        np.testing.assert_array_equal(one, other, functional.name)
