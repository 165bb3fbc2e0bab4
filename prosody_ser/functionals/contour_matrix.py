"""Contours on one time grid, and intermediate results that their statistics share, for all contours at once."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

MIN_FRAMES = 3
#: Length of the end of a contour: long enough for a final rise or fall, shorter than most words.
FINAL_S = 0.3
N_DCT = 5
_DCT_POINTS = 64
T = TypeVar("T")


class Contours:
    """Contours on one time grid, with intermediate results that are computed once and shared by the statistics.

    Parameters
    ----------
    values : ndarray of float64, shape (n_contours, n_frames)
        NaN where undefined; infinite values count as undefined, too.
    times_s : ndarray of float64, shape (n_frames,)
        Ascending.
    """

    def __init__(self, values: np.ndarray, times_s: np.ndarray):
        infinite = np.isinf(values)
        self.values = np.where(infinite, np.nan, values) if infinite.any() else values
        self.times_s = times_s
        self._made: dict[Any, Any] = {}

    @cached_property
    def defined(self) -> np.ndarray:
        """Mask of the defined values, shape (n_contours, n_frames)."""
        return np.isfinite(self.values)

    @cached_property
    def count(self) -> np.ndarray:
        """Number of defined frames, shape (n_contours,)."""
        return self.defined.sum(axis=1)

    def average(self, frames: np.ndarray) -> np.ndarray:
        """Average an array over the defined frames; it must be 0 elsewhere. Shape (n_contours,)."""
        return frames.sum(axis=1) / self.count

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean of each contour, shape (n_contours,)."""
        return self.average(np.where(self.defined, self.values, 0.0))

    @cached_property
    def centred(self) -> np.ndarray:
        """Values minus their mean, 0 where undefined."""
        return np.where(self.defined, self.values - self.mean[:, np.newaxis], 0.0)

    @cached_property
    def squares(self) -> np.ndarray:
        """Squares of the centred values, 0 where undefined."""
        return self.centred**2

    @cached_property
    def variance(self) -> np.ndarray:
        """Mean square of the centred values, shape (n_contours,)."""
        return self.average(self.squares)

    @cached_property
    def ordered(self) -> np.ndarray:
        """Values of each contour in ascending order, NaN last."""
        return np.sort(self.values, axis=1)

    def quantile(self, q: float) -> np.ndarray:
        """Interpolated quantile of the defined values; numpy's nanquantile is slower, because it loops over rows."""
        position = q * np.maximum(self.count - 1, 0)
        lower = np.floor(position).astype(int)
        upper = np.minimum(lower + 1, np.maximum(self.count - 1, 0))
        rows = np.arange(self.count.size)
        low, high = self.ordered[rows, lower], self.ordered[rows, upper]
        return low + (position - lower) * (high - low)

    def distance(self, low: float, high: float) -> np.ndarray:
        """Distance between two quantiles."""
        return self.quantile(high) - self.quantile(low)

    @cached_property
    def centred_times(self) -> np.ndarray:
        """Times in s minus the mean time of the defined frames of each contour, 0 where undefined."""
        mean_time = self.average(np.where(self.defined, self.times_s, 0.0))
        return np.where(self.defined, self.times_s - mean_time[:, np.newaxis], 0.0)

    @cached_property
    def slope(self) -> np.ndarray:
        """Slope of the least-squares line, per second."""
        return (self.centred_times * self.centred).sum(axis=1) / (self.centred_times**2).sum(axis=1)

    @cached_property
    def bend(self) -> tuple[np.ndarray, np.ndarray]:
        """Quadratic term of the least-squares parabola: its coefficient, and the squared times that it multiplies.

        The squared times are orthogonal to the constant and to the line, and 0 where undefined.
        """
        t = self.centred_times
        square = np.where(self.defined, t**2 - self.average(t**2)[:, np.newaxis], 0.0)
        square = square - ((square * t).sum(axis=1) / (t**2).sum(axis=1))[:, np.newaxis] * t
        return (square * self.centred).sum(axis=1) / (square**2).sum(axis=1), square

    @cached_property
    def changes(self) -> "Contours":
        """Difference quotients of neighbouring frames, per second; all NaN if there are fewer than three."""
        change = np.diff(self.values, axis=1) / np.diff(self.times_s)
        change[np.isfinite(change).sum(axis=1) < MIN_FRAMES] = np.nan
        return Contours(change, self.times_s[1:])

    @cached_property
    def speeds(self) -> "Contours":
        """Absolute values of `changes`."""
        return Contours(np.abs(self.changes.values), self.changes.times_s)

    def of(self, kind: Callable[["Contours"], T]) -> T:
        """Apply a function to these contours once, and return its result for all statistics that use it."""
        if kind not in self._made:
            self._made[kind] = kind(self)
        return self._made[kind]

    @cached_property
    def closed(self) -> "Contours":
        """The defined values without gaps, each averaged with its two neighbours.

        Statistics that depend on the order of the values (peaks, prediction) need contours without gaps. Without the
        average, which openSMILE also uses, they would measure the noise of single frames.
        """
        values = self.values
        if not self.defined.all():
            values = np.take_along_axis(values, np.argsort(~self.defined, axis=1, kind="stable"), axis=1)
        before = np.concatenate([values[:, :1], values[:, :-1]], axis=1)
        after = np.concatenate([values[:, 1:], values[:, -1:]], axis=1)
        return Contours((before + values + np.where(np.isnan(after), values, after)) / 3, self.times_s)

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the first and the last defined frame of each contour."""
        return self.defined.argmax(axis=1), self.defined.shape[1] - 1 - self.defined[:, ::-1].argmax(axis=1)

    @cached_property
    def final(self) -> "Contours":
        """The last 0.3 s before the last defined frame; all NaN if it contains fewer than three frames."""
        end_s = self.times_s[self.ends[1]]
        late = self.times_s > end_s[:, np.newaxis] - FINAL_S + 1e-9
        values = np.where(late, self.values, np.nan)
        values[np.isfinite(values).sum(axis=1) < MIN_FRAMES] = np.nan
        return Contours(values, self.times_s)

    @cached_property
    def shape_coefficients(self) -> np.ndarray:
        """DCT coefficients 1 to 5 of each contour from its first to its last frame, with gaps interpolated linearly."""
        index = np.arange(self.times_s.size)
        before = np.maximum.accumulate(np.where(self.defined, index, 0), axis=1)
        after = np.minimum.accumulate(np.where(self.defined, index, index.size - 1)[:, ::-1], axis=1)[:, ::-1]
        left, right = (np.take_along_axis(self.centred, i, axis=1) for i in (before, after))
        bridged = left + (right - left) * (index - before) / np.maximum(after - before, 1)
        first, last = self.ends
        share = (np.arange(_DCT_POINTS) + 0.5) / _DCT_POINTS
        place = first[:, np.newaxis] - 0.5 + (last - first + 1)[:, np.newaxis] * share  # a frame is one step wide
        place = np.clip(place, first[:, np.newaxis], last[:, np.newaxis])
        lower = place.astype(int)
        low = np.take_along_axis(bridged, lower, axis=1)
        high = np.take_along_axis(bridged, np.minimum(lower + 1, index.size - 1), axis=1)
        resampled = low + (place - lower) * (high - low)
        return resampled @ (np.cos(np.pi * share[:, np.newaxis] * np.arange(1, N_DCT + 1)) * 2 / _DCT_POINTS)
