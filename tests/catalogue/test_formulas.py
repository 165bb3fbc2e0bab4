"""Every contour, statistic and measure has a formula; those that are short enough are computed anew from it."""

from functools import cache

import numpy as np
import pytest

import prosody_ser as ser
from prosody_ser.audio.prepare import prepare_audio
from prosody_ser.catalogue import CONTOURS, MEASURES, feature_set
from prosody_ser.catalogue.formulas import CONTOUR_FORMULAS, MEASURE_FORMULAS, STATISTIC_FORMULAS
from prosody_ser.contours import Analysis
from prosody_ser.contours.groups import contour_matrix
from prosody_ser.functionals.contour_matrix import Contours
from prosody_ser.functionals.statistics import FUNCTIONALS, apply_functional
from prosody_ser.measures.perturbation import jitter_measures
from tests.support.signals import speech_like


def test_every_registered_one_has_a_formula_and_no_other_name_has():
    assert set(CONTOUR_FORMULAS) == {c.descriptor for c in CONTOURS.values() if c.over == "all"}
    assert set(STATISTIC_FORMULAS) == set(FUNCTIONALS)
    assert set(MEASURE_FORMULAS) == set(MEASURES)
    for item in (*CONTOURS.values(), *MEASURES.values(), *feature_set("wide_v1"), *feature_set("full_v1")):
        assert item.formula.strip(), item.name


def test_a_feature_joins_the_formulas_of_statistic_and_contour():
    formulas = {feature.name: feature.formula for feature in ser.feature_set("prosody_v1")}
    assert formulas["f0_mean_st"].startswith("x̄ = Σ x_t / N, where x = 12 log2(F0 / 27.5 Hz)")
    assert formulas["pause_rate_per_s"] == "n_pauses / D"


def _times(x):
    """Times of the frames less their mean, in s."""
    return (np.arange(x.size) - (x.size - 1) / 2) * 0.01


def _changes(x):
    return np.diff(x) / 0.01


STATISTICS_ANEW = {
    "mean": lambda x: x.sum() / x.size,
    "energy_mean": lambda x: 10 * np.log10((10 ** (x / 10)).sum() / x.size),
    "skewness": lambda x: ((x - x.mean()) ** 3).mean() / x.std() ** 3,
    "kurtosis": lambda x: ((x - x.mean()) ** 4).mean() / x.std() ** 4 - 3,
    "slope": lambda x: (_times(x) * (x - x.mean())).sum() / (_times(x) ** 2).sum(),
    "curvature": lambda x: 2 * np.polyfit(_times(x), x, 2)[0],
    "change_sd": lambda x: np.sqrt(((_changes(x) - _changes(x).mean()) ** 2).mean()),
    "fall_mean": lambda x: -_changes(x)[_changes(x) < 0].mean(),
    "convex_share": lambda x: (np.diff(_smooth(x), 2) > 0).sum() / (x.size - 2),
    "time_centroid": lambda x: (
        (np.arange(x.size) * (_smooth(x) - _smooth(x).min())).sum()
        / (_smooth(x) - _smooth(x).min()).sum()
        / (x.size - 1)
    ),
    "range_p25_p75": lambda x: np.quantile(_smooth(x), 0.75) - np.quantile(_smooth(x), 0.25),
    "final_drop": lambda x: x[-30:].mean() - x.mean(),
    "max_position": lambda x: x.argmax() / (x.size - 1),
    "rise_share": lambda x: (_changes(x) > 0).sum() / _changes(x).size,
    "dct2": lambda x: _dct(x, 2),
    "lpc1": lambda x: _prediction(x)[0][0],
    "lpc_gain": lambda x: 10 * np.log10(_prediction(x)[1]),
    "peak_rate": lambda x: _peaks(x).size / (x.size * 0.01),
    "peak_distance_sd": lambda x: np.diff(_peaks(x) * 0.01).std(),
    "peak_height": lambda x: _smooth(x)[_peaks(x)].mean() - _smooth(x).mean(),
    "rise_slope_mean": lambda x: _steepness(x)[_steepness(x) > 0].mean(),
    "fall_slope_sd": lambda x: _steepness(x)[_steepness(x) < 0].std(),
    "time_above_75": lambda x: (
        (_smooth(x) > np.quantile(_smooth(x), 0.01) + 0.75 * np.diff(np.quantile(_smooth(x), [0.01, 0.99]))).sum()
        / x.size
    ),
}


def _dct(x, k):
    """Frames reach half a step beyond their centres; what is read there is the first and the last value."""
    places = np.clip((np.arange(64) + 0.5) / 64 * x.size - 0.5, 0, x.size - 1)
    u = np.interp(places, np.arange(x.size), x - x.mean())
    return 2 / 64 * (u * np.cos(np.pi * k * (np.arange(64) + 0.5) / 64)).sum()


def _prediction(x):
    y = _smooth(x) - _smooth(x).mean()
    r = np.array([y[: y.size - lag] @ y[lag:] for lag in range(6)])
    a = np.linalg.solve(r[np.abs(np.subtract.outer(np.arange(5), np.arange(5)))], r[1:])
    return a, (r[0] - a @ r[1:]) / r[0]


def _peaks(x):
    y = _smooth(x)
    return 1 + np.flatnonzero((y[:-2] < y[1:-1]) & (y[1:-1] >= y[2:]))


def _steepness(x):
    y = _smooth(x)
    valleys = 1 + np.flatnonzero((y[:-2] > y[1:-1]) & (y[1:-1] <= y[2:]))
    extremes = np.sort(np.concatenate([_peaks(x), valleys]))
    return np.diff(y[extremes]) / (np.diff(extremes) * 0.01)


def _smooth(x):
    padded = np.concatenate([x[:1], x, x[-1:]])
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


@pytest.mark.parametrize("name", STATISTICS_ANEW)
def test_a_statistic_is_what_its_formula_states(name):
    x = 60 + np.random.default_rng(0).normal(size=80).cumsum()
    (value,) = apply_functional(FUNCTIONALS[name], Contours(x[np.newaxis], np.arange(x.size) * 0.01))
    assert value == pytest.approx(STATISTICS_ANEW[name](x), rel=1e-9)


RATE = 16000
F = np.arange(257) * RATE / 512


@cache
def _clip():
    return Analysis(prepare_audio(speech_like(), RATE))


def _p():
    """Power by frame and frequency, raised to 100 dB below the largest as in L."""
    power = _clip().power
    return np.maximum(power, power.max() * 1e-10)


def _band(values, low, high):
    return values[:, (low <= F) & (high > F)]


def _line(low, high):
    f, level = F[(low <= F) & (high > F)], 10 * np.log10(_band(_p(), low, high))
    return 1000 * ((f - f.mean()) * level).sum(axis=1) / ((f - f.mean()) ** 2).sum()


def _delta(x):
    n = np.arange(-4, 5)
    inner = np.lib.stride_tricks.sliding_window_view(x, 9) @ n / (n**2).sum() / 0.01
    ends = [np.polyfit(n * 0.01, part, 1)[0] for part in (x[:9], x[-9:])]
    return np.concatenate([[ends[0]] * 4, inner, [ends[1]] * 4])


def _rasta(k):
    v = 10 * np.log10(10 ** (_levels()[2 * k - 2] / 10) + 10 ** (_levels()[2 * k - 1] / 10))
    u, y = v - v[0], np.zeros(v.size)
    for t in range(v.size):
        known = [u[t - n] if t >= n else 0.0 for n in range(5)]
        y[t] = 0.98 * (y[t - 1] if t else 0.0) + 0.1 * (2 * known[0] + known[1] - known[3] - 2 * known[4])
    return y


def _levels():
    return _clip().mel_levels_db


def _mfcc(k):
    b = np.arange(1, 41)
    return np.sqrt(2 / 40) * np.cos(np.pi * k * (b - 0.5) / 40) @ _levels()


def _centroid():
    a = np.sqrt(_clip().power)
    return (F * a).sum(axis=1) / a.sum(axis=1)


CONTOURS_ANEW = {
    "f0": lambda: 12 * np.log2(_clip().pitch.f0_hz / 27.5),
    "centroid": _centroid,
    "spread": lambda: np.sqrt(
        ((F - _centroid()[:, np.newaxis]) ** 2 * np.sqrt(_clip().power)).sum(axis=1)
        / np.sqrt(_clip().power).sum(axis=1)
    ),
    "rolloff": lambda: F[[np.flatnonzero(a.cumsum() >= 0.85 * a.sum())[0] for a in np.sqrt(_clip().power)]],
    "flatness": lambda: 10 * (np.log10(_clip().power).mean(axis=1) - np.log10(_clip().power.mean(axis=1))),
    "alpha_ratio": lambda: 10 * np.log10(_band(_p(), 1000, 5000).sum(axis=1) / _band(_p(), 50, 1000).sum(axis=1)),
    "hammarberg": lambda: 10 * np.log10(_band(_p(), 0, 2000).max(axis=1) / _band(_p(), 2000, 5000).max(axis=1)),
    "slope_0_500": lambda: _line(31.25, 500),
    "slope_500_1500": lambda: _line(500, 1500),
    "flux": lambda: np.append(np.nan, np.maximum(np.diff(_levels()), 0).mean(axis=0) / 0.01),
    "mfcc0": lambda: _levels().mean(axis=0),
    "mfcc3": lambda: _mfcc(3),
    "mfcc3_delta": lambda: _delta(_mfcc(3)),
    "rasta7": lambda: _rasta(7),
    "intensity_rel": lambda: _clip().intensity_db - np.median(_clip().intensity_db[_clip().voiced]),
    "mel5": lambda: _levels()[4],
}


@pytest.mark.parametrize("name", CONTOURS_ANEW)
def test_a_contour_is_what_its_formula_states(name):
    (values,) = contour_matrix(_clip(), [CONTOURS[name]])
    np.testing.assert_allclose(values, CONTOURS_ANEW[name](), rtol=1e-6, atol=1e-6)


def test_jitter_is_what_its_formulas_state():
    t = 0.008 * (1 + 0.02 * np.random.default_rng(0).normal(size=50))
    values = jitter_measures(np.concatenate([[0.0], t.cumsum()]))
    assert values["jitter_local_ratio"] == pytest.approx(np.abs(np.diff(t)).mean() / t.mean())
    assert values["jitter_rap_ratio"] == pytest.approx(
        np.abs(t[1:-1] - (t[:-2] + t[1:-1] + t[2:]) / 3).mean() / t.mean()
    )
    assert values["jitter_ddp_ratio"] == pytest.approx(np.abs(np.diff(t, 2)).mean() / t.mean())
