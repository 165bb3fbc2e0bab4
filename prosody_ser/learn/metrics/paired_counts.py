"""Confusion counts by speaker or fold, and the same resamples of speakers for all that are compared."""

from collections.abc import Sequence

import numpy as np

from .intervals import LEAST_SPEAKERS, resampled, speaker_resamples
from .scores import confusion_counts, scores_of


def counts_by(groups: Sequence, truth: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> np.ndarray:
    """Confusion counts of each group.

    Parameters
    ----------
    groups : sequence of shape (n_predictions,)
        Speaker or fold of each prediction.
    truth, predicted : sequence of str, shape (n_predictions,)
    labels : sequence of str

    Returns
    -------
    ndarray of int, shape (n_groups, n_labels, n_labels)
        Groups in sorted order; rows true, columns predicted.
    """
    place = {label: i for i, label in enumerate(labels)}
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    true, said = (np.array([place[label] for label in part]) for part in (truth, predicted))
    return confusion_counts(group, true, said, names.size, len(place))


def resampled_scores(by_speaker: np.ndarray, seed: int) -> dict[str, np.ndarray] | None:
    """Each score over resamples of the speakers; None under six.

    Two results of the same speakers and seed see the same resamples: the difference of what they give is of pairs.

    Parameters
    ----------
    by_speaker : ndarray of shape (n_speakers, n_labels, n_labels)
    seed : int
    """
    if len(by_speaker) < LEAST_SPEAKERS:
        return None
    return scores_of(resampled(by_speaker, speaker_resamples(len(by_speaker), seed)))
