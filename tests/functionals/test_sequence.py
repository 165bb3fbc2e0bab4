"""Shares of time, prediction, peaks and slopes between extremes, against numpy, scipy and signals that are known."""

import numpy as np
import pytest
import scipy.linalg
import scipy.ndimage
import scipy.signal

from prosody_ser.functionals.contour_matrix import Contours
from prosody_ser.functionals.sequence import LPC_ORDER
from prosody_ser.functionals.statistics import FUNCTIONALS, apply_functional

TIMES = np.arange(300) * 0.01


def of(name, values):
    values = np.atleast_2d(values)
    return apply_functional(FUNCTIONALS[name], Contours(values, TIMES[: values.shape[1]]))


@pytest.fixture
def noise():
    return np.cumsum(np.random.default_rng(0).normal(size=(4, 300)), axis=1)


def smooth(values):
    return scipy.ndimage.uniform_filter1d(values, 3, axis=1, mode="nearest")


def test_gaps_are_closed_and_three_frames_averaged(noise):
    gaps = np.full((4, 300), np.nan)
    frames = np.sort(np.random.default_rng(1).choice(300, 180, replace=False))
    gaps[:, frames] = noise[:, :180]
    closed = Contours(gaps, TIMES).closed
    np.testing.assert_allclose(closed.values[:, :180], smooth(noise[:, :180]), atol=1e-12)
    assert np.isnan(closed.values[:, 180:]).all()


@pytest.mark.parametrize("q", [1, 25, 75, 99])
def test_percentiles_are_numpy_s(noise, q):
    np.testing.assert_allclose(of(f"p{q:02}", noise), np.percentile(smooth(noise), q, axis=1))


def test_a_ramp_is_above_a_share_of_its_range_for_the_rest_of_the_time():
    for percent in (25, 50, 75, 90):
        expected = 1 - (0.01 + 0.98 * percent / 100)
        assert of(f"time_above_{percent}", TIMES)[0] == pytest.approx(expected, abs=0.005)
    assert of("range_p25_p75", TIMES)[0] == pytest.approx(1.5, abs=0.02)
    assert of("time_centroid", TIMES)[0] == pytest.approx(2 / 3, abs=0.01)  # of a triangle
    assert of("curvature_residual", TIMES)[0] == pytest.approx(0.0, abs=1e-3)


def test_a_bowl_is_convex_and_an_arch_is_not():
    bowl = (TIMES - 1.5) ** 2
    assert of("convex_share", bowl)[0] == pytest.approx(1.0, abs=0.01)
    assert of("convex_share", -bowl)[0] == pytest.approx(0.0, abs=0.01)


def test_the_residual_of_the_parabola_is_polyfit_s(noise):
    closed = smooth(noise)
    left = [row - np.polyval(np.polyfit(TIMES, row, 2), TIMES) for row in closed]
    np.testing.assert_allclose(of("curvature_residual", noise), np.std(left, axis=1))


def test_prediction_solves_the_normal_equations(noise):
    for row, number in zip(smooth(noise), range(4), strict=True):
        centred = row - row.mean()
        r = np.array([centred[: 300 - lag] @ centred[lag:] for lag in range(LPC_ORDER + 1)])
        expected = scipy.linalg.solve_toeplitz(r[:-1], r[1:])
        coefficients = [of(f"lpc{k}", noise)[number] for k in range(1, LPC_ORDER + 1)]
        np.testing.assert_allclose(coefficients, expected, rtol=1e-8)
        gain = (r[0] - expected @ r[1:]) / r[0]
        assert of("lpc_gain", noise)[number] == pytest.approx(10 * np.log10(gain))


def test_a_flat_contour_predicts_nothing():
    assert np.isnan(of("lpc1", np.full(300, 3.0))).all()
    assert np.isnan(of("lpc1", TIMES[:6])).all()


@pytest.mark.parametrize("rate_hz", [2.0, 5.0])
def test_a_sine_has_its_peaks_and_slopes(rate_hz):
    wave = 4 * np.sin(2 * np.pi * rate_hz * TIMES)
    assert of("peak_rate", wave)[0] == pytest.approx(rate_hz, rel=0.05)
    assert of("peak_distance_mean", wave)[0] == pytest.approx(1 / rate_hz, rel=0.02)
    assert of("peak_distance_sd", wave)[0] < 0.01
    assert of("peak_height", wave)[0] == pytest.approx(4, rel=0.04)  # three frames are averaged
    assert of("peak_range", wave)[0] == pytest.approx(0, abs=0.05)
    slope = 2 * 4 * 2 * rate_hz  # from -4 to 4 in half a period
    for name in ("rise_slope_mean", "fall_slope_mean"):
        assert of(name, wave)[0] == pytest.approx(slope, rel=0.05)


def test_peaks_are_scipy_s(noise):
    for number, row in enumerate(smooth(noise)):
        peaks, _ = scipy.signal.find_peaks(row)
        assert of("peak_rate", noise)[number] == pytest.approx(len(peaks) / 3)
        assert of("peak_distance_mean", noise)[number] == pytest.approx(np.diff(peaks).mean() / 100)
        assert of("peak_distance_sd", noise)[number] == pytest.approx(np.diff(peaks).std() / 100)
        assert of("peak_height", noise)[number] == pytest.approx(row[peaks].mean() - row.mean())
        assert of("peak_range", noise)[number] == pytest.approx(np.ptp(row[peaks]))


def test_without_two_peaks_their_statistics_are_undefined():
    arch = -((TIMES - 1.5) ** 2)
    assert of("peak_rate", arch)[0] == pytest.approx(1 / 3)
    for name in ("peak_distance_mean", "peak_height", "peak_range", "rise_slope_mean", "fall_slope_sd"):
        assert np.isnan(of(name, arch)[0]), name
