"""Smoothing of the probabilities from hop to hop."""

import math

import numpy as np


class Smoother:
    """Exponentially weighted mean of probabilities.

    A window that ends `hop_s` after the one before has the weight ``1 - exp(-hop_s / smooth_s)``; the mean so far has
    the rest. After `smooth_s`, a window thus keeps 37 % of its weight; with ``smooth_s=0`` nothing is smoothed. Pauses
    count as time. After a pause longer than `window_s`, when windows no longer overlap with those before it, the mean
    starts again.
    """

    def __init__(self, smooth_s: float, window_s: float):
        self._smooth_s, self._window_s = smooth_s, window_s
        self._mean: np.ndarray | None = None
        self._last_end_s = 0.0

    def add(self, probabilities: np.ndarray, end_s: float) -> np.ndarray:
        """Add the probabilities of the window that ends at `end_s`; give the mean, of shape (n_labels,)."""
        elapsed_s = end_s - self._last_end_s
        if self._mean is None or self._smooth_s <= 0 or elapsed_s > self._window_s:
            self._mean = probabilities
        else:
            weight = -math.expm1(-elapsed_s / self._smooth_s)
            self._mean = weight * probabilities + (1 - weight) * self._mean
        self._last_end_s = end_s
        return self._mean
