"""Statistics of how a contour moves: shares of time, prediction, peaks and the slopes between extremes.

These functionals are those of openSMILE's ComParE set that are not in :mod:`~prosody_ser.functionals.statistics`. All
of them use :attr:`Contours.closed`: gaps are removed, and values are means of three frames.

References
----------
Schuller, B. et al. (2013). The INTERSPEECH 2013 computational paralinguistics challenge. Interspeech, 148-152.
Makhoul, J. (1975). Linear prediction: a tutorial review. Proceedings of the IEEE 63(4), 561-580.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from .contour_matrix import Contours

#: Order of the linear prediction of a contour.
LPC_ORDER = 5
#: Least gain; a ratio of powers below 1e-9 is a rounding error.
LEAST_GAIN_DB = -90.0


def _time_above(percent: int) -> Callable[[Contours], np.ndarray]:
    """Return the functional: share of frames above a level between the 1st and the 99th percentile, in percent."""

    def share(c: Contours) -> np.ndarray:
        low, high = c.closed.quantile(0.01), c.closed.quantile(0.99)
        level = low + percent / 100 * (high - low)
        return np.where(high > low, (c.closed.values > level[:, np.newaxis]).sum(axis=1) / c.count, np.nan)

    return share


def _convex_share(c: Contours) -> np.ndarray:
    bends = np.diff(c.closed.values, n=2, axis=1)
    return (bends > 0).sum(axis=1) / np.isfinite(bends).sum(axis=1)


def _curvature_residual(c: Contours) -> np.ndarray:
    """Standard deviation of the residuals of the least-squares parabola."""
    closed = c.closed
    bend, square = closed.bend
    left = closed.centred - closed.slope[:, np.newaxis] * closed.centred_times - bend[:, np.newaxis] * square
    return np.sqrt(closed.average(left**2))


def _time_centroid(c: Contours) -> np.ndarray:
    """Relative time (0 first, 1 last frame) of the centre of the area over the contour's minimum."""
    closed = c.closed
    height = np.where(closed.defined, closed.values - closed.ordered[:, :1], 0.0)
    return (height * np.arange(height.shape[1])).sum(axis=1) / height.sum(axis=1) / (closed.count - 1)


def linear_prediction(c: Contours) -> tuple[np.ndarray, np.ndarray]:
    """Predict each value from the five values before it, by the autocorrelation of the contour minus its mean.

    Returns
    -------
    coefficients : ndarray of float64, shape (n_contours, 5)
        ``a_k`` of ``x[t] = sum_k a_k x[t - k] + e[t]``. NaN if the contour is constant or has at most six frames.
    gain : ndarray of float64, shape (n_contours,)
        Power of the prediction error relative to that of the contour.
    """
    x = c.closed.centred
    n_frames = x.shape[1]
    lags = [(x[:, : max(n_frames - lag, 0)] * x[:, min(lag, n_frames) :]).sum(axis=1) for lag in range(LPC_ORDER + 1)]
    r = np.stack(lags, axis=1)
    flat = ~(r[:, 0] > 1e-20 * (c.closed.mean**2) * c.count) | (c.count <= LPC_ORDER + 1)
    r[flat] = np.nan
    coefficients = np.zeros((len(r), LPC_ORDER))
    error = r[:, 0].copy()
    for order in range(LPC_ORDER):  # Levinson and Durbin's recursion
        known = coefficients[:, :order]
        reflection = (r[:, order + 1] - (known * r[:, order:0:-1]).sum(axis=1)) / error
        coefficients[:, :order] = known - reflection[:, np.newaxis] * known[:, ::-1]
        coefficients[:, order] = reflection
        error = error * (1 - reflection**2)
    return coefficients, error / r[:, 0]


def _lpc(k: int) -> Callable[[Contours], np.ndarray]:
    return lambda c: c.of(linear_prediction)[0][:, k - 1]


def _lpc_gain(c: Contours) -> np.ndarray:
    return np.maximum(10 * np.log10(np.maximum(c.of(linear_prediction)[1], 1e-300)), LEAST_GAIN_DB)


class Extremes:
    """Peaks and valleys of contours without gaps, with intermediate results that are computed once."""

    def __init__(self, c: Contours):
        values = c.closed.values
        change = np.diff(values, axis=1)
        before, after = change[:, :-1], change[:, 1:]
        self._values = values[:, 1:-1]
        self._step_s = c.times_s[1] - c.times_s[0] if c.times_s.size > 1 else np.nan
        self._peaks = (before > 0) & (after <= 0)
        self._valleys = (before < 0) & (after >= 0)
        self.n_peaks = self._peaks.sum(axis=1)
        self.rate_per_s = self.n_peaks / (c.count * self._step_s)

    @cached_property
    def heights(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the values at the peaks."""
        return _mean_sd(self._values, self._peaks)

    @cached_property
    def distances_s(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the times from peak to peak."""
        frames, known = self._since(self._peaks)
        return _mean_sd(frames * self._step_s, known)

    @cached_property
    def rises(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the slopes per second from an extreme up to the next peak."""
        return _mean_sd(self._slopes, self._slopes > 0)

    @cached_property
    def falls(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the slopes down to a valley, as positive numbers."""
        return _mean_sd(-self._slopes, self._slopes < 0)

    @cached_property
    def range(self) -> np.ndarray:
        """Distance from the lowest to the highest peak; NaN if there are fewer than two."""
        high = np.where(self._peaks, self._values, -np.inf).max(axis=1, initial=-np.inf)
        low = np.where(self._peaks, self._values, np.inf).min(axis=1, initial=np.inf)
        return np.where(self.n_peaks > 1, high - low, np.nan)

    @cached_property
    def _slopes(self) -> np.ndarray:
        """Slope from the previous extreme, at each extreme that has one; 0 elsewhere."""
        frames, known = self._since(self._peaks | self._valleys)
        before = np.take_along_axis(self._values, np.arange(frames.shape[1]) - frames, axis=1)
        return np.where(known, (self._values - before) / (np.where(known, frames, 1) * self._step_s), 0.0)

    @staticmethod
    def _since(marked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the frames since the previous marked frame, and a mask of the marked frames that have one."""
        index = np.arange(marked.shape[1])
        last = np.full(marked.shape, -1)
        last[:, 1:] = np.maximum.accumulate(np.where(marked, index, -1), axis=1)[:, :-1]
        known = marked & (last >= 0)
        return np.where(known, index - last, 0), known


def _mean_sd(values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the known values of each row; NaN if there are fewer than two."""
    count = known.sum(axis=1)
    count = np.where(count > 1, count, np.nan)
    mean = np.where(known, values, 0.0).sum(axis=1) / count
    return mean, np.sqrt(np.where(known, (values - mean[:, np.newaxis]) ** 2, 0.0).sum(axis=1) / count)


#: Name to definition, unit rule and function, as in :mod:`prosody_ser.functionals.statistics`.
SEQUENCE: dict[str, tuple] = {
    "p01": ("1st percentile", "value", lambda c: c.closed.quantile(0.01)),
    "p25": ("25th percentile", "value", lambda c: c.closed.quantile(0.25)),
    "p75": ("75th percentile", "value", lambda c: c.closed.quantile(0.75)),
    "p99": ("99th percentile", "value", lambda c: c.closed.quantile(0.99)),
    "range_p01_p99": (
        "distance from the 1st to the 99th percentile",
        "spread",
        lambda c: c.closed.distance(0.01, 0.99),
    ),
    "range_p25_p50": (
        "distance from the 25th percentile to the median",
        "spread",
        lambda c: c.closed.distance(0.25, 0.50),
    ),
    "range_p50_p75": (
        "distance from the median to the 75th percentile",
        "spread",
        lambda c: c.closed.distance(0.50, 0.75),
    ),
    "range_p25_p75": (
        "distance from the 25th to the 75th percentile",
        "spread",
        lambda c: c.closed.distance(0.25, 0.75),
    ),
    **{
        f"time_above_{percent}": (
            f"share of the time above {percent} % of the way from the 1st to the 99th percentile",
            "share",
            _time_above(percent),
        )
        for percent in (25, 50, 75, 90)
    },
    "convex_share": ("share of the frames at which the curve bends upwards (is convex)", "share", _convex_share),
    "curvature_residual": ("standard deviation around its least-squares parabola", "spread", _curvature_residual),
    "time_centroid": (
        "relative time (0 first, 1 last frame) of the centre of the area over the minimum",
        "share",
        _time_centroid,
    ),
    **{
        f"lpc{k}": (
            f"coefficient {k} of the linear prediction of order {LPC_ORDER} from frame to frame",
            "number",
            _lpc(k),
        )
        for k in range(1, LPC_ORDER + 1)
    },
    "lpc_gain": (f"power that linear prediction of order {LPC_ORDER} leaves, as a level", "level_ratio", _lpc_gain),
    "peak_rate": ("rate of peaks", "events", lambda c: c.of(Extremes).rate_per_s),
    "peak_distance_mean": ("mean time from peak to peak", "duration", lambda c: c.of(Extremes).distances_s[0]),
    "peak_distance_sd": (
        "standard deviation of the time from peak to peak",
        "duration",
        lambda c: c.of(Extremes).distances_s[1],
    ),
    "peak_height": (
        "mean of the peaks, less the mean of the whole,",
        "difference",
        lambda c: c.of(Extremes).heights[0] - c.closed.mean,
    ),
    "peak_range": ("distance from the lowest to the highest peak", "spread", lambda c: c.of(Extremes).range),
    "rise_slope_mean": ("mean slope up to a peak from the valley before", "speed", lambda c: c.of(Extremes).rises[0]),
    "rise_slope_sd": (
        "standard deviation of the slopes up to a peak from the valley before",
        "speed",
        lambda c: c.of(Extremes).rises[1],
    ),
    "fall_slope_mean": (
        "mean slope down to a valley from the peak before (as a positive number)",
        "speed",
        lambda c: c.of(Extremes).falls[0],
    ),
    "fall_slope_sd": (
        "standard deviation of the slopes down to a valley from the peak before",
        "speed",
        lambda c: c.of(Extremes).falls[1],
    ),
}
