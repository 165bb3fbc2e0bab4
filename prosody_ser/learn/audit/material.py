"""The data that all checks use: features, labels, speakers and folds of the usable rows, prepared once."""

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...corpus_names import distinct_in_words
from ...tables.feature_table import FeatureTable
from ..speakers.names import speakers_of
from ..splits.copies import Copies, copies_of
from ..splits.evaluation_plan import EvaluationPlan, rows_of
from ..splits.given import pairs_of
from ..splits.named import make_splitter
from .names import look_alike

#: Number of shuffles of the labels from which chance is estimated.
N_SHUFFLES = 200
#: Largest number of rows for checks that fit something, so that a large table takes no longer than a medium one.
MOST_ROWS = 5000
#: Largest number of groups of speakers that such checks hold out in turn.
MOST_GROUPS = 10
#: The interquartile range of a normal distribution in standard deviations.
_IQR_OF_NORMAL = 1.349


class Material:
    """A table and its folds, as for :func:`prosody_ser.learn.audit.audit`, prepared for the checks.

    Attributes
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        Input of a pipeline for the usable rows: their features, unless a plan has another X.
    y : ndarray of object, shape (n_rows,)
    values : ndarray of float64, shape (n_rows, n_features)
        The features.
    label, speaker : ndarray of int, shape (n_rows,)
        Positions in `labels` and `speakers`.
    copies : Copies
        Augmented copies of the usable rows.
    frame : DataFrame
        The metadata of the usable rows.
    folds : list of (ndarray, ndarray)
        Positions of the training rows and test rows.
    about : dict
        The table's record of how it was made.
    """

    def __init__(self, table: FeatureTable | EvaluationPlan, folds: Any = "auto", seed: int = 0):
        plan = table if isinstance(table, EvaluationPlan) else None
        X, y, self.copies = _rows(table)
        names = speakers_of(X)
        self.X, self.y = X, y.to_numpy(dtype=object)
        features = table.features if isinstance(table, EvaluationPlan) else table.features_of(table.usable)
        self.values, self.features = features.to_numpy(), list(features.columns)
        self.labels, self.label = np.unique(self.y, return_inverse=True)
        self.speakers, self.speaker = np.unique(names, return_inverse=True)
        self.frame = table.clips
        self.about = table.table.about if isinstance(table, EvaluationPlan) else table.about
        self.folds = _pairs(folds if plan is None else plan.folds, X, self.y, len(self.speakers), seed)

    @cached_property
    def clip_names(self) -> np.ndarray:
        """The file of each row for people, after the name of its corpus if there are several."""
        corpus = self.frame["corpus"]
        if corpus.nunique() < 2:
            return self.frame["file"].to_numpy(dtype=object)
        return (corpus.map(distinct_in_words(corpus.unique())) + ":" + self.frame["file"]).to_numpy(dtype=object)

    @cached_property
    def ordered(self) -> np.ndarray:
        """Each feature's values in ascending order, with NaN last."""
        return np.sort(self.values, axis=0)

    @cached_property
    def n_finite(self) -> np.ndarray:
        """Number of defined values of each feature."""
        return np.isfinite(self.values).sum(axis=0)

    @cached_property
    def n_distinct(self) -> np.ndarray:
        """Number of distinct defined values of each feature."""
        return np.minimum((np.diff(self.ordered, axis=0) > 0).sum(axis=0) + 1, self.n_finite)

    @cached_property
    def scaled(self) -> np.ndarray:
        """Varying features scaled by median and interquartile range, which are robust to outliers; NaN stays NaN."""
        middle, spread = self._scale
        return (self.values[:, self.varying] - middle[self.varying]) / spread[self.varying]

    @cached_property
    def varying(self) -> np.ndarray:
        """Positions of the features in :attr:`scaled`."""
        return np.flatnonzero(self._scale[1] > 0)

    @cached_property
    def _scale(self) -> tuple[np.ndarray, np.ndarray]:
        return robust_scale(self.values, self.ordered)

    @cached_property
    def shuffled_labels(self) -> np.ndarray:
        """Labels shuffled within speakers, shape (n_shuffles, n_rows); the same for all checks, with a fixed seed."""
        rng = np.random.default_rng(0)
        order = np.argsort(self.speaker, kind="stable")
        shuffled = np.empty((N_SHUFFLES, order.size), dtype=self.label.dtype)
        for row in shuffled:
            row[order] = self.label[np.lexsort([rng.random(order.size), self.speaker])]
        return shuffled

    @cached_property
    def sample(self) -> np.ndarray:
        """Positions of the rows for checks that fit something: all rows, or `MOST_ROWS` of them drawn at random."""
        n_rows = len(self.y)
        if n_rows <= MOST_ROWS:
            return np.arange(n_rows)
        return np.sort(np.random.default_rng(0).choice(n_rows, MOST_ROWS, replace=False))

    @cached_property
    def speaker_group(self) -> np.ndarray:
        """Group of speakers of each row; there are at most `MOST_GROUPS` groups with about equal numbers of rows."""
        largest_first = np.argsort(-np.bincount(self.speaker, minlength=self.speakers.size), kind="stable")
        of_speaker = np.empty(self.speakers.size, dtype=int)
        of_speaker[largest_first] = np.arange(self.speakers.size) % MOST_GROUPS
        return of_speaker[self.speaker]

    @cached_property
    def sides(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each fold, the masks of the training rows and of the test rows."""
        rows = np.arange(len(self.y))
        return [(np.isin(rows, train), np.isin(rows, test)) for train, test in self.folds]

    def apart(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Whether a fold trains on one row of a pair and tests the other, for each pair of positions."""
        split = np.zeros(len(one), dtype=bool)
        for train, test in self.sides:
            split |= (train[one] & test[other]) | (train[other] & test[one])
        return split

    def identical(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Whether the two rows of a pair are equal in every feature, for each pair of positions; NaN equals NaN."""
        first, second = self.values[one], self.values[other]
        return ((first == second) | (np.isnan(first) & np.isnan(second))).all(axis=1)

    def split_groups(self, group: np.ndarray) -> np.ndarray:
        """Groups (given as an integer for each row) that are in both train and test of a fold."""
        n_groups = group.max() + 1
        split = np.zeros(n_groups, dtype=bool)
        for train, test in self.folds:
            split |= (np.bincount(group[train], minlength=n_groups) * np.bincount(group[test], minlength=n_groups)) > 0
        return np.flatnonzero(split)


def robust_scale(values: np.ndarray, ordered: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Median of each column, and its interquartile range divided by that of a standard normal distribution.

    The second is 0 if a column hardly varies. NaN is ignored. `ordered` are the values sorted by column with NaN last,
    if they are already known.
    """
    ordered = np.sort(values, axis=0) if ordered is None else ordered
    n_finite = np.isfinite(values).sum(axis=0)
    low, middle, high = (
        ordered[np.maximum(np.round(q * (n_finite - 1)).astype(int), 0), np.arange(values.shape[1])]
        for q in (0.25, 0.5, 0.75)
    )
    spread = (high - low) / _IQR_OF_NORMAL
    return middle, np.where(spread > 1e-12 * np.maximum(np.abs(middle), 1e-300), spread, 0.0)


def _rows(table: FeatureTable | EvaluationPlan) -> tuple[pd.DataFrame, pd.Series, Copies]:
    """X, y and the copies, checked except for names that look alike, which a plan refuses but an audit reports."""
    if isinstance(table, FeatureTable) and look_alike(np.unique(speakers_of(X := table.X))):
        return X, table.y, copies_of(table, X)
    return rows_of(table)


def _pairs(
    folds: Any, X: pd.DataFrame, y: np.ndarray, n_speakers: int, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Train and test positions of each fold, for any form in which folds can be given."""
    if isinstance(folds, str | int | np.integer):
        folds = make_splitter(folds, n_speakers, seed)
    return pairs_of(folds, X, y)
