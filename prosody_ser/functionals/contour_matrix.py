"""Contours on one time grid, and what their statistics share: pure numpy, over all contours at a time."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

MIN_FRAMES = 3
#: What counts as the end of a contour: long enough for a final rise or fall, shorter than most words.
FINAL_S = 0.3
N_DCT = 5
_DCT_POINTS = 64
T = TypeVar("T")


class Contours:
    """Contours on one time grid, and what their statistics share, each computed once.

    Parameters
    ----------
    values : ndarray of float64, shape (n_contours, n_frames)
        NaN where undefined; infinities count as undefined too.
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
        """Boolean, shape (n_contours, n_frames)."""
        return np.isfinite(self.values)

    @cached_property
    def count(self) -> np.ndarray:
        """Number of defined frames, shape (n_contours,)."""
        return self.defined.sum(axis=1)

    def average(self, frames: np.ndarray) -> np.ndarray:
        """Mean over the defined frames of an array that is 0 elsewhere, shape (n_contours,)."""
        return frames.sum(axis=1) / self.count

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean, shape (n_contours,)."""
        return self.average(np.where(self.defined, self.values, 0.0))

    @cached_property
    def centred(self) -> np.ndarray:
        """Values less their mean, 0 where undefined."""
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
        """Values in ascending order, NaN last."""
        return np.sort(self.values, axis=1)

    def quantile(self, q: float) -> np.ndarray:
        """Linear-interpolated quantile of the defined values (numpy's nanquantile loops over rows)."""
        position = q * np.maximum(self.count - 1, 0)
        lower = np.floor(position).astype(int)
        upper = np.minimum(lower + 1, np.maximum(self.count - 1, 0))
        rows = np.arange(self.count.size)
        low, high = self.ordered[rows, lower], self.ordered[rows, upper]
        return low + (position - lower) * (high - low)

    def distance(self, low: float, high: float) -> np.ndarray:
        """From one quantile to another."""
        return self.quantile(high) - self.quantile(low)

    @cached_property
    def centred_times(self) -> np.ndarray:
        """Times in s less the mean time of the contour's defined frames, 0 where undefined."""
        mean_time = self.average(np.where(self.defined, self.times_s, 0.0))
        return np.where(self.defined, self.times_s - mean_time[:, np.newaxis], 0.0)

    @cached_property
    def slope(self) -> np.ndarray:
        """Slope of the least-squares line, per second."""
        return (self.centred_times * self.centred).sum(axis=1) / (self.centred_times**2).sum(axis=1)

    @cached_property
    def bend(self) -> tuple[np.ndarray, np.ndarray]:
        """What the least-squares parabola adds to the line: its coefficient, and the squared times that it goes with.

        These are made orthogonal to the constant and to the line, and 0 where undefined.
        """
        t = self.centred_times
        square = np.where(self.defined, t**2 - self.average(t**2)[:, np.newaxis], 0.0)
        square = square - ((square * t).sum(axis=1) / (t**2).sum(axis=1))[:, np.newaxis] * t
        return (square * self.centred).sum(axis=1) / (square**2).sum(axis=1), square

    @cached_property
    def changes(self) -> "Contours":
        """Difference quotients of neighbouring frames, per second; all NaN where there are fewer than three."""
        change = np.diff(self.values, axis=1) / np.diff(self.times_s)
        change[np.isfinite(change).sum(axis=1) < MIN_FRAMES] = np.nan
        return Contours(change, self.times_s[1:])

    @cached_property
    def speeds(self) -> "Contours":
        """Absolute changes."""
        return Contours(np.abs(self.changes.values), self.changes.times_s)

    def of(self, kind: Callable[["Contours"], T]) -> T:
        """What a function makes of these contours, made once for all statistics that ask for it."""
        if kind not in self._made:
            self._made[kind] = kind(self)
        return self._made[kind]

    @cached_property
    def closed(self) -> "Contours":
        """The defined values side by side, gaps closed, each the mean of itself and its two neighbours.

        What asks for the order of the values (peaks, prediction) would find few in a contour with gaps, and would find
        the noise of single frames without the mean, which openSMILE takes too.
        """
        values = self.values
        if not self.defined.all():
            values = np.take_along_axis(values, np.argsort(~self.defined, axis=1, kind="stable"), axis=1)
        before = np.concatenate([values[:, :1], values[:, :-1]], axis=1)
        after = np.concatenate([values[:, 1:], values[:, -1:]], axis=1)
        return Contours((before + values + np.where(np.isnan(after), values, after)) / 3, self.times_s)

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Index of the first and the last defined frame of each contour."""
        return self.defined.argmax(axis=1), self.defined.shape[1] - 1 - self.defined[:, ::-1].argmax(axis=1)

    @cached_property
    def final(self) -> "Contours":
        """The last 0.3 s up to the contour's last defined frame; all NaN where it has fewer than three frames."""
        end_s = self.times_s[self.ends[1]]
        late = self.times_s > end_s[:, np.newaxis] - FINAL_S + 1e-9
        values = np.where(late, self.values, np.nan)
        values[np.isfinite(values).sum(axis=1) < MIN_FRAMES] = np.nan
        return Contours(values, self.times_s)

    @cached_property
    def shape_coefficients(self) -> np.ndarray:
        """DCT coefficients 1 to 5 of each contour from its first to its last frame, gaps bridged by straight lines."""
        index = np.arange(self.times_s.size)
        before = np.maximum.accumulate(np.where(self.defined, index, 0), axis=1)
        after = np.minimum.accumulate(np.where(self.defined, index, index.size - 1)[:, ::-1], axis=1)[:, ::-1]
        left, right = (np.take_along_axis(self.centred, i, axis=1) for i in (before, after))
        bridged = left + (right - left) * (index - before) / np.maximum(after - before, 1)
        first, last = self.ends
        share = (np.arange(_DCT_POINTS) + 0.5) / _DCT_POINTS
        place = first[:, np.newaxis] - 0.5 + (last - first + 1)[:, np.newaxis] * share  # a frame reaches half a step
        place = np.clip(place, first[:, np.newaxis], last[:, np.newaxis])
        lower = place.astype(int)
        low = np.take_along_axis(bridged, lower, axis=1)
        high = np.take_along_axis(bridged, np.minimum(lower + 1, index.size - 1), axis=1)
        resampled = low + (place - lower) * (high - low)
        return resampled @ (np.cos(np.pi * share[:, np.newaxis] * np.arange(1, N_DCT + 1)) * 2 / _DCT_POINTS)
