"""Probabilities that do not jump from hop to hop."""

import math

import numpy as np


class Smoother:
    """Exponentially weighted mean of probabilities.

    A window `hop_s` after the one before counts ``1 - exp(-hop_s / smooth_s)``, all that was before it the rest: what
    was said `smooth_s` ago has 37 % of its weight left; 0 smooths nothing. Time in which nobody speaks ages what was
    said likewise; after a pause of `window_s`, when no window reaches back to what was said before, the mean begins
    anew.
    """

    def __init__(self, smooth_s: float, window_s: float):
        self._smooth_s, self._window_s = smooth_s, window_s
        self._mean: np.ndarray | None = None
        self._at_s = 0.0

    def add(self, probabilities: np.ndarray, end_s: float) -> np.ndarray:
        """The mean with the probabilities of a window that ended at a time, shape (n_labels,)."""
        apart_s = end_s - self._at_s
        if self._mean is None or self._smooth_s <= 0 or apart_s > self._window_s:
            self._mean = probabilities
        else:
            weight = -math.expm1(-apart_s / self._smooth_s)
            self._mean = weight * probabilities + (1 - weight) * self._mean
        self._at_s = end_s
        return self._mean
