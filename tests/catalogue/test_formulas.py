"""Every contour, statistic and measure has a formula; those that are short enough are computed anew from it."""

import numpy as np
import pytest

import prosody_ser as ser
from prosody_ser.catalogue import CONTOURS, MEASURES, feature_set
from prosody_ser.catalogue.formulas import CONTOUR_FORMULAS, MEASURE_FORMULAS, STATISTIC_FORMULAS
from prosody_ser.functionals.contour_matrix import Contours
from prosody_ser.functionals.statistics import FUNCTIONALS, apply_functional
from prosody_ser.measures.perturbation import jitter_measures


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


def _sums(y):
    """What the formulas of statistics call N, the mean, the standard deviation, the times and the changes."""
    times_s = np.arange(y.size) * 0.01
    return y.size, y.mean(), y.std(), times_s - times_s.mean(), np.diff(y) / 0.01


WRITTEN_ANEW = {
    "mean": lambda x: x.sum() / x.size,
    "energy_mean": lambda x: 10 * np.log10((10 ** (x / 10)).sum() / x.size),
    "skewness": lambda x: ((x - x.mean()) ** 3).mean() / x.std() ** 3,
    "kurtosis": lambda x: ((x - x.mean()) ** 4).mean() / x.std() ** 4 - 3,
    "slope": lambda x: (_sums(x)[3] * (x - x.mean())).sum() / (_sums(x)[3] ** 2).sum(),
    "curvature": lambda x: 2 * np.polyfit(_sums(x)[3], x, 2)[0],
    "change_sd": lambda x: np.sqrt(((_sums(x)[4] - _sums(x)[4].mean()) ** 2).mean()),
    "fall_mean": lambda x: -_sums(x)[4][_sums(x)[4] < 0].mean(),
    "convex_share": lambda x: (np.diff(_smooth(x), 2) > 0).sum() / (x.size - 2),
    "time_centroid": lambda x: (
        (np.arange(x.size) * (_smooth(x) - _smooth(x).min())).sum()
        / (_smooth(x) - _smooth(x).min()).sum()
        / (x.size - 1)
    ),
    "range_p25_p75": lambda x: np.quantile(_smooth(x), 0.75) - np.quantile(_smooth(x), 0.25),
}


def _smooth(x):
    padded = np.concatenate([x[:1], x, x[-1:]])
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


@pytest.mark.parametrize("name", WRITTEN_ANEW)
def test_a_statistic_is_what_its_formula_states(name):
    x = 60 + np.random.default_rng(0).normal(size=80).cumsum()
    (value,) = apply_functional(FUNCTIONALS[name], Contours(x[np.newaxis], np.arange(x.size) * 0.01))
    assert value == pytest.approx(WRITTEN_ANEW[name](x), rel=1e-9)


def test_jitter_is_what_its_formulas_state():
    t = 0.008 * (1 + 0.02 * np.random.default_rng(0).normal(size=50))
    values = jitter_measures(np.concatenate([[0.0], t.cumsum()]))
    assert values["jitter_local_ratio"] == pytest.approx(np.abs(np.diff(t)).mean() / t.mean())
    assert values["jitter_rap_ratio"] == pytest.approx(
        np.abs(t[1:-1] - (t[:-2] + t[1:-1] + t[2:]) / 3).mean() / t.mean()
    )
    assert values["jitter_ddp_ratio"] == pytest.approx(np.abs(np.diff(t, 2)).mean() / t.mean())
