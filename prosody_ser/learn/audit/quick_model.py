"""A quick model for held-out speakers, which gives a score with some columns and without them.

The model is a linear discriminant analysis. The covariance within emotions is shrunk towards its diagonal, more so the
fewer clips there are per column. Each held-out group of speakers is subtracted from the sums over all clips, so nothing
is computed twice. The scores are not meant to be reported, only to show the effect of leaving out columns.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from .material import Material
from .recovery import Recovery, against_chance

#: Largest number of columns; of more columns, an evenly spaced subset is used, which is enough for a quick model.
MOST_COLUMNS = 256
#: Standardised values are clipped to this range, because a single outlier would dominate the covariance.
_FARTHEST = 5.0
#: Least variance within emotions, as a share of the variance of a column; a column that *is* the label would have none.
_LEAST_VARIANCE = 1e-6


class QuickModel:
    """Scores for any columns of a table, with each group of speakers held out in turn."""

    def __init__(self, material: Material):
        rows = material.sample
        self._label, self._speaker = material.label[rows], material.speaker[rows]
        self._group = material.speaker_group[rows]
        self._values = material.values[rows]
        self._known: dict[tuple[int, ...], Recovery] = {}
        self._n_labels = material.labels.size

    def score(self, columns: np.ndarray, and_also: Sequence[int] | np.ndarray = ()) -> Recovery:
        """UAR with these columns (positions), and that of guessing; all columns in `and_also` are used."""
        columns = np.append(_at_equal_steps(np.asarray(columns, dtype=int)), and_also).astype(int)
        key = tuple(columns.tolist())
        if key not in self._known:
            predicted = self._predicted(self._standardised[:, columns]) if columns.size else np.zeros_like(self._label)
            self._known[key] = against_chance(self._label, predicted, self._speaker)
        return self._known[key]

    def weights(self, columns: np.ndarray) -> np.ndarray:
        """Effect of each column (positions, at most `MOST_COLUMNS`) on the decision of a model fitted on all clips."""
        x = self._standardised[:, columns]
        one_hot = np.eye(self._n_labels)[self._label]
        n = one_hot.sum(axis=0)
        means = (one_hot.T @ x) / np.maximum(n, 1)[:, None]
        within = _shrunk(x.T @ x - (means.T * n) @ means, len(x) - int(np.count_nonzero(n)))
        coefficients = np.linalg.solve(within, means.T)
        return np.ptp(coefficients, axis=1) * np.sqrt(np.diag(within))

    @cached_property
    def _standardised(self) -> np.ndarray:
        """Columns with mean 0 and standard deviation 1; undefined values and constant columns are 0."""
        finite = np.isfinite(self._values)
        x = np.where(finite, self._values, 0.0)
        n = np.maximum(finite.sum(axis=0), 1)
        x = np.where(finite, x - x.sum(axis=0) / n, 0.0)
        deviation = np.sqrt((x**2).sum(axis=0) / n)
        x /= np.where(deviation > 0, deviation, 1)
        return np.clip(x, -_FARTHEST, _FARTHEST)

    def _predicted(self, x: np.ndarray) -> np.ndarray:
        """Label of each row, predicted from the rows of the other groups."""
        n_groups, n_labels = self._group.max() + 1, self._n_labels
        cell = self._group * n_labels + self._label
        one_hot = np.zeros((n_groups * n_labels, len(x)))
        one_hot[cell, np.arange(len(x))] = 1
        sums = (one_hot @ x).reshape(n_groups, n_labels, -1)
        counts = one_hot.sum(axis=1).reshape(n_groups, n_labels)
        squares = x.T @ x
        predicted = np.zeros(len(x), dtype=int)
        for group in range(n_groups):
            held_out = self._group == group
            n = counts.sum(axis=0) - counts[group]
            means = (sums.sum(axis=0) - sums[group]) / np.maximum(n, 1)[:, None]
            scatter = squares - x[held_out].T @ x[held_out] - (means.T * n) @ means
            coefficients = np.linalg.solve(_shrunk(scatter, n.sum() - np.count_nonzero(n)), means.T)
            score = x[held_out] @ coefficients - 0.5 * (means.T * coefficients).sum(axis=0)
            predicted[held_out] = np.where(n > 0, score, -np.inf).argmax(axis=1)
        return predicted


def _shrunk(scatter: np.ndarray, freedom: float) -> np.ndarray:
    """Covariance shrunk towards its diagonal, by n_columns / (n_columns + degrees of freedom)."""
    covariance = scatter / max(freedom, 1)
    share = len(scatter) / (len(scatter) + max(freedom, 1))
    diagonal = np.maximum(np.diag(covariance), _LEAST_VARIANCE)
    covariance *= 1 - share
    covariance[np.diag_indices_from(covariance)] = diagonal
    return covariance


def _at_equal_steps(columns: np.ndarray) -> np.ndarray:
    if columns.size <= MOST_COLUMNS:
        return columns
    return columns[np.unique(np.linspace(0, columns.size - 1, MOST_COLUMNS).astype(int))]
