"""Scores from confusion matrices by speaker, and their bootstrap intervals over speakers."""

from typing import Any

import numpy as np

LEVEL = 0.95
N_RESAMPLES = 2000
METHOD = "percentile bootstrap over speakers"
#: With fewer, resampling speakers says little of other speakers.
LEAST_SPEAKERS = 6
TOO_FEW = "too few speakers for an interval"
#: Resamples worked on at once: bounds memory.
_AT_ONCE = 500


def confusions_by(groups, truth, predicted, labels) -> np.ndarray:
    """A confusion matrix for each group.

    Parameters
    ----------
    groups : sequence of shape (n,)
        Of each prediction: its speaker, its fold.
    truth, predicted : sequence of shape (n,)
    labels : sequence

    Returns
    -------
    ndarray of float, shape (n_groups, n_labels, n_labels)
        Groups in sorted order; rows true, columns predicted.
    """
    place = {label: i for i, label in enumerate(labels)}
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    counts = np.zeros((names.size, len(place), len(place)))
    said = (np.array([place[label] for label in part]) for part in (truth, predicted))
    np.add.at(counts, (group, *said), 1)
    return counts


def uar_of(confusion: np.ndarray) -> np.ndarray:
    """UAR of one or many confusion matrices, over the labels that occur in each."""
    support = confusion.sum(axis=-1)
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    recall = np.divide(hits, support, out=np.zeros_like(support), where=support > 0)
    return recall.sum(axis=-1) / (support > 0).sum(axis=-1)


def accuracy_of(confusion: np.ndarray) -> np.ndarray:
    """Accuracy of one or many confusion matrices."""
    return np.trace(confusion, axis1=-2, axis2=-1) / confusion.sum(axis=(-2, -1))


def macro_f1_of(confusion: np.ndarray) -> np.ndarray:
    """Macro F1 of one or many confusion matrices, over the labels that occur; 0 for a label that is never predicted."""
    support, said = confusion.sum(axis=-1), confusion.sum(axis=-2)
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    there = support > 0
    f1 = np.divide(2 * hits, support + said, out=np.zeros_like(support), where=there)
    return f1.sum(axis=-1) / there.sum(axis=-1)


MEASURES = {"uar": uar_of, "accuracy": accuracy_of, "macro_f1": macro_f1_of}


def resampled(by_speaker: np.ndarray, seed: int = 0) -> dict[str, np.ndarray] | None:
    """Each measure over :data:`N_RESAMPLES` draws of as many speakers, with replacement; None under six speakers.

    Parameters
    ----------
    by_speaker : ndarray of shape (n_speakers, n_labels, n_labels)
        From :func:`confusions_by`. Two results of the same speakers and seed see the same draws, so that the
        difference of what they give is that of pairs.
    seed : int
    """
    n_speakers = len(by_speaker)
    if n_speakers < LEAST_SPEAKERS:
        return None
    rng = np.random.default_rng(seed)
    times = rng.multinomial(n_speakers, np.full(n_speakers, 1 / n_speakers), size=N_RESAMPLES)
    found: dict[str, list] = {name: [] for name in MEASURES}
    for first in range(0, N_RESAMPLES, _AT_ONCE):
        drawn = np.tensordot(times[first : first + _AT_ONCE].astype(float), by_speaker, axes=1)
        for name, measure in MEASURES.items():
            found[name].append(measure(drawn))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def interval(values: np.ndarray) -> list[float]:
    """The middle 95 % of resampled values: low and high."""
    tail = (1 - LEVEL) / 2
    return [float(bound) for bound in np.quantile(values, [tail, 1 - tail])]


def intervals_data(draws: dict[str, np.ndarray] | None) -> dict[str, Any] | None:
    """Intervals of all measures as plain data, as ``intervals`` in ``result.json``."""
    if draws is None:
        return None
    head: dict[str, Any] = {"level": LEVEL, "method": METHOD, "n_resamples": N_RESAMPLES}
    return head | {name: interval(values) for name, values in draws.items()}
