"""Scores of predictions, computed from confusion counts, so that many sets of predictions are scored at once.

Counts have the shape (..., n_labels, n_labels); rows are true emotions, columns predicted ones. Every function accepts
any number of leading axes, such as speakers, resamples or groups.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

SCORES = ("uar", "accuracy", "macro_f1", "weighted_f1")


def confusion_counts(
    group: np.ndarray, truth: np.ndarray, predicted: np.ndarray, n_groups: int, n_labels: int
) -> np.ndarray:
    """Confusion counts of each group of predictions (usually a speaker), shape (n_groups, n_labels, n_labels).

    `group`, `truth` and `predicted` are positions of the group and of the two labels.
    """
    shape = (n_groups, n_labels, n_labels)
    cell = np.ravel_multi_index((group, truth, predicted), shape)
    return np.bincount(cell, minlength=np.prod(shape)).reshape(shape)


def counts_by(groups: ArrayLike, truth: ArrayLike, predicted: ArrayLike, labels: Sequence[str]) -> np.ndarray:
    """:func:`confusion_counts` for groups (speakers or folds) and labels given by name; groups in sorted order."""
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    true_at, predicted_at = (pd.Index(labels).get_indexer(np.asarray(part)) for part in (truth, predicted))
    return confusion_counts(group, true_at, predicted_at, names.size, len(labels))


def recalls(counts: np.ndarray) -> np.ndarray:
    """Recall of each emotion, shape (..., n_labels); NaN for an emotion without clips."""
    return _over(_hits(counts), counts.sum(axis=-1))


def mean_recall(counts: np.ndarray, among: Any = slice(None)) -> np.ndarray:
    """UAR over the emotions `among` (positions or a mask) that have clips, shape (...)."""
    recall = recalls(counts)[..., among]
    return _over(np.nansum(recall, axis=-1), np.isfinite(recall).sum(axis=-1))


def scores_of(counts: np.ndarray) -> dict[str, np.ndarray]:
    """UAR, accuracy, macro F1 and weighted F1 of each set of counts.

    ``uar`` is the mean recall and ``macro_f1`` the mean F1 over the emotions that have clips in the set. An emotion
    that a speaker, or a resample of speakers, lacks is left out of the mean, because its recall is undefined.
    ``weighted_f1`` weights each emotion's F1 by its number of clips. F1 is 2 TP / (2 TP + FP + FN).

    Parameters
    ----------
    counts : ndarray of shape (..., n_labels, n_labels)

    Returns
    -------
    dict of str to ndarray of float64, shape (...)
        NaN for a set without clips.
    """
    support = counts.sum(axis=-1)
    n_clips = support.sum(axis=-1)
    hits = _hits(counts)
    f1 = _over(2 * hits, support + counts.sum(axis=-2))
    n_present = (support > 0).sum(axis=-1)
    return {
        "uar": mean_recall(counts),
        "accuracy": _over(hits.sum(axis=-1), n_clips),
        "macro_f1": _over(np.where(support > 0, np.nan_to_num(f1), 0.0).sum(axis=-1), n_present),
        "weighted_f1": _over((np.nan_to_num(f1) * support).sum(axis=-1), n_clips),
    }


def plain_scores(counts: np.ndarray, names: Iterable[str] = SCORES) -> dict[str, float]:
    """:func:`scores_of` for one set of counts, as plain floats."""
    scores = scores_of(counts)
    return {name: float(scores[name]) for name in names}


def per_class(counts: np.ndarray, labels: list[str]) -> dict[str, dict[str, Any]]:
    """Precision (None if never predicted), recall, F1 and support of each emotion."""
    support, hits, n_predicted = counts.sum(axis=1), _hits(counts), counts.sum(axis=0)
    recall, precision, f1 = recalls(counts), _over(hits, n_predicted), _over(2 * hits, support + n_predicted)
    return {
        label: {
            "precision": None if np.isnan(precision[i]) else float(precision[i]),
            "recall": float(recall[i]),
            "f1": float(f1[i]),
            "support": int(support[i]),
        }
        for i, label in enumerate(labels)
    }


def confusion(counts: np.ndarray, labels: list[str]) -> dict[str, Any]:
    """Confusion matrix: counts, and shares within each row (None in a row without clips)."""
    shares = _over(counts, counts.sum(axis=1, keepdims=True))
    return {
        "labels": labels,
        "counts": counts.tolist(),
        "row_shares": [[None if np.isnan(share) else share for share in row] for row in shares.tolist()],
    }


def _hits(counts: np.ndarray) -> np.ndarray:
    return np.diagonal(counts, axis1=-2, axis2=-1)


def _over(part: ArrayLike, whole: np.ndarray) -> np.ndarray:
    """Divide, with NaN where the divisor is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)
