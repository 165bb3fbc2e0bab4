"""How much of the difference between emotions lies between speakers, so that speaker normalisation removes it.

Normalisation moves every speaker's mean to the same place. If each speaker has the same share of each emotion, the
emotions stay as far apart as before. If a speaker has clips of one emotion only, those clips are centred at zero
whatever the emotion is, so they carry no information about it any more.

The loss can be computed before anything is fitted. Take the indicator of an emotion (1 for its clips, 0 for all
others): centring by speaker removes the share of its variance that lies between speakers. The mean of that share over
the emotions, each weighted by ``1 - p`` for its share ``p`` of the clips, is Cramér's V squared if there are at least
as many speakers as emotions. Its expected value by chance, ``(speakers - 1) / (clips - 1)``, is corrected for.
"""

import numpy as np

#: From this loss on a score is refused: more is lost than is left, and the score would describe the corpus design
#: instead of the model.
MOST_LOST = 0.5
#: The same if most speakers have one emotion only. The clips of the few other speakers then hide part of the loss.
MOST_LOST_OF_ONE = 0.25
#: From this loss on a result contains a warning. If each speaker has three of EMO-DB's seven emotions, .2 is lost and
#: the normalised score falls below the blind one (``benchmarks/tied_speakers.py``).
MUCH_LOST = 0.1


def share_between(groups: np.ndarray, emotions: np.ndarray) -> float:
    """Share of the difference between emotions that lies between groups of clips; 0 at chance level, at most 1.

    Parameters
    ----------
    groups : ndarray, shape (n_clips,)
        Clips that are normalised together: those of a speaker, or of a speaker in the test part of a fold.
    emotions : ndarray, shape (n_clips,)
    """
    counts = _counts(groups, emotions)
    n, n_groups = counts.sum(), len(counts)
    if n <= n_groups:
        return 0.0  # with one clip per group, nothing can be distinguished from chance
    shares = counts.sum(axis=0) / n
    of_group = counts / counts.sum(axis=1, keepdims=True)
    between = (counts.sum(axis=1)[:, None] * (of_group - shares) ** 2).sum(axis=0) / n
    variance = shares * (1 - shares)
    weight = 1 - shares
    lost = (weight * between / np.where(variance > 0, variance, 1.0)).sum() / weight.sum()
    by_chance = (n_groups - 1) / (n - 1)
    return float(max(0.0, (lost - by_chance) / (1 - by_chance)))


def is_lost(groups: np.ndarray, emotions: np.ndarray) -> bool:
    """Whether too much is lost for a valid score; see :data:`MOST_LOST` and :data:`MOST_LOST_OF_ONE`."""
    most_have_one = 2 * of_one_emotion(groups, emotions) > len(np.unique(groups))
    return share_between(groups, emotions) >= (MOST_LOST_OF_ONE if most_have_one else MOST_LOST)


def of_one_emotion(groups: np.ndarray, emotions: np.ndarray) -> int:
    """Number of groups whose clips all have the same emotion."""
    return int(((_counts(groups, emotions) > 0).sum(axis=1) == 1).sum())


def _counts(groups: np.ndarray, emotions: np.ndarray) -> np.ndarray:
    """Number of clips by group and emotion, shape (n_groups, n_emotions)."""
    names, group = np.unique(groups, return_inverse=True)
    labels, emotion = np.unique(emotions, return_inverse=True)
    counts = np.zeros((names.size, labels.size))
    np.add.at(counts, (group, emotion), 1)
    return counts
