"""Statistics of contours: a matrix of contours in, one number a contour out. Pure numpy, no loop over frames.

Each functional takes the contours (shape ``(n_contours, n_frames)``, NaN where undefined) and the frames' times,
and returns shape ``(n_contours,)``. Fewer than three defined frames (or changes between frames) give NaN: two
points have a mean, but not one worth calling a measurement.
"""

import warnings
from collections.abc import Callable

import numpy as np

MIN_FRAMES = 3


def mean(values, times_s):
    """Arithmetic mean."""
    return np.nanmean(values, axis=1)


def sd(values, times_s):
    """Standard deviation over frames (population, divisor n)."""
    return np.nanstd(values, axis=1)


def p20(values, times_s):
    """20th percentile."""
    return _quantile(values, 0.20)


def p50(values, times_s):
    """Median."""
    return _quantile(values, 0.50)


def p80(values, times_s):
    """80th percentile."""
    return _quantile(values, 0.80)


def range_p20_p80(values, times_s):
    """Distance from the 20th to the 80th percentile: a range that one wrong frame cannot stretch."""
    return p80(values, times_s) - p20(values, times_s)


def slope(values, times_s):
    """Slope of the least-squares line over time, in the contour's unit per second."""
    defined = np.isfinite(values)
    times = np.where(defined, times_s, np.nan)
    times = times - np.nanmean(times, axis=1, keepdims=True)
    centred = values - np.nanmean(values, axis=1, keepdims=True)
    return np.nansum(times * centred, axis=1) / np.nansum(times**2, axis=1)


def change_p50(values, times_s):
    """Median absolute change from frame to frame, in the contour's unit per second."""
    return _quantile(np.abs(_change(values, times_s)), 0.50)


def change_sd(values, times_s):
    """Standard deviation of the change from frame to frame, in the contour's unit per second."""
    return sd(_change(values, times_s), times_s)


def rise_share(values, times_s):
    """Share of the changes from frame to frame that go up."""
    change = _change(values, times_s)
    return (change > 0).sum(axis=1) / np.isfinite(change).sum(axis=1)


#: Every functional by its name in the catalogue.
FUNCTIONALS: dict[str, Callable] = {
    f.__name__: f for f in (mean, sd, p20, p50, p80, range_p20_p80, slope, change_p50, change_sd, rise_share)
}


def apply_functional(name: str, values: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Apply a functional to each contour.

    Parameters
    ----------
    name : str
        A key of :data:`FUNCTIONALS`.
    values : ndarray of float64, shape (n_contours, n_frames)
        NaN where undefined.
    times_s : ndarray of float64, shape (n_frames,)

    Returns
    -------
    ndarray of float64, shape (n_contours,)
        NaN where a contour has fewer than three defined frames.
    """
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", category=RuntimeWarning)  # an all-NaN contour is a case, not an accident
        result = FUNCTIONALS[name](values, times_s)
    return np.where(np.isfinite(values).sum(axis=1) >= MIN_FRAMES, result, np.nan)


def _change(values, times_s):
    """Difference quotient of neighbouring frames; all NaN in a row with fewer than three."""
    change = np.diff(values, axis=1) / np.diff(times_s)
    change[np.isfinite(change).sum(axis=1) < MIN_FRAMES] = np.nan
    return change


def _quantile(values, q):
    """Linear-interpolated quantile of each row's defined values (numpy's nanquantile loops over rows)."""
    ordered = np.sort(values, axis=1)  # NaN sort to the end
    count = np.isfinite(values).sum(axis=1)
    position = q * np.maximum(count - 1, 0)
    lower = np.floor(position).astype(int)
    upper = np.minimum(lower + 1, np.maximum(count - 1, 0))
    rows = np.arange(values.shape[0])
    low, high = ordered[rows, lower], ordered[rows, upper]
    return low + (position - lower) * (high - low)
