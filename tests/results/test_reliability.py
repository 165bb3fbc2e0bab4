"""Bins of a reliability curve: Wilson's interval, and a mark on bins with few clips, also after repeats."""

import pytest
from scipy.stats import binomtest

from prosody_ser.results.reliability import FEW, reliability_bins, wilson_interval


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 30), (30, 30), (7, 20), (211, 535)])
def test_the_interval_is_wilsons(k, n):
    expected = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson_interval(k / n, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def result_of(*counts, n_repeats=1):
    rows = [
        {
            "low": i / 10,
            "high": (i + 1) / 10,
            "n": n,
            "mean_confidence": i / 10 + 0.05 if n else None,
            "accuracy": 0.5 if n else None,
        }
        for i, n in enumerate(counts)
    ]
    return {"protocol": {"n_repeats": n_repeats}, "calibration": {"bins": rows}}


def test_empty_bins_are_left_out_and_those_of_few_clips_say_so():
    bins = reliability_bins(result_of(0, 1, FEW - 1, FEW, 500))
    assert [(row.n, row.few) for row in bins] == [(1, True), (FEW - 1, True), (FEW, False), (500, False)]
    widths = [row.interval[1] - row.interval[0] for row in bins]
    assert widths == sorted(widths, reverse=True)


def test_repeats_are_no_more_clips():
    (once,) = reliability_bins(result_of(15))
    (often,) = reliability_bins(result_of(150, n_repeats=10))
    assert often.few
    assert often.interval == pytest.approx(once.interval)
