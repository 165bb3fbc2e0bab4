"""How much of what tells the emotions apart lies between speakers, where normalising by speaker takes it away.

Normalising moves every speaker's mean to the same place. If each speaker has the same share of each emotion, the
emotions stay as far apart as before. If a speaker has clips of one emotion only, those clips lie around zero
whatever the emotion is, and nothing is left to learn from them or to tell them by.

How much is lost can be counted before anything is fitted. Of the variance of an emotion's indicator (1 for its clips,
0 for all others) the share between speakers is what centring by speaker removes. The mean of that share over the
emotions, each weighted by ``1 - p`` for its share ``p`` of the clips, is Cramér's V squared wherever there are at
least as many speakers as emotions. Chance alone makes it ``(speakers - 1) / (clips - 1)``, which is corrected for.
"""

import numpy as np

#: Where so much is lost, less is left than is taken away, and a score would tell of the design and not of the model.
MOST_LOST = 0.5
#: Where most speakers have one emotion only, less is enough: clips of the few others count, and hide it.
MOST_LOST_OF_ONE = 0.25
#: From here on a result says how much is lost. Where speakers have three of EMO-DB's seven emotions each, .2 is lost
#: and the normalised score falls below the blind one (``benchmarks/tied_speakers.py``).
MUCH_LOST = 0.1


def share_between(groups: np.ndarray, emotions: np.ndarray) -> float:
    """Share of what tells the emotions apart that lies between groups of clips, 0 by chance, 1 if all of it.

    Parameters
    ----------
    groups : ndarray, shape (n_clips,)
        What is normalised together: a speaker, or a speaker's clips in the test part of a fold.
    emotions : ndarray, shape (n_clips,)
    """
    counts = _counts(groups, emotions)
    n, n_groups = counts.sum(), len(counts)
    if n <= n_groups:
        return 0.0  # a clip each: nothing can be told from chance
    shares = counts.sum(axis=0) / n
    of_group = counts / counts.sum(axis=1, keepdims=True)
    between = (counts.sum(axis=1)[:, None] * (of_group - shares) ** 2).sum(axis=0) / n
    variance = shares * (1 - shares)
    weight = 1 - shares
    lost = (weight * between / np.where(variance > 0, variance, 1.0)).sum() / weight.sum()
    by_chance = (n_groups - 1) / (n - 1)
    return float(max(0.0, (lost - by_chance) / (1 - by_chance)))


def is_lost(groups: np.ndarray, emotions: np.ndarray) -> bool:
    """Whether too little is left for a score: see :data:`MOST_LOST` and :data:`MOST_LOST_OF_ONE`."""
    most_have_one = 2 * of_one_emotion(groups, emotions) > len(np.unique(groups))
    return share_between(groups, emotions) >= (MOST_LOST_OF_ONE if most_have_one else MOST_LOST)


def of_one_emotion(groups: np.ndarray, emotions: np.ndarray) -> int:
    """How many groups have clips of a single emotion."""
    return int(((_counts(groups, emotions) > 0).sum(axis=1) == 1).sum())


def _counts(groups: np.ndarray, emotions: np.ndarray) -> np.ndarray:
    """Clips of each group and emotion, shape (n_groups, n_emotions)."""
    (names, group), (labels, emotion) = (np.unique(one, return_inverse=True) for one in (groups, emotions))
    counts = np.zeros((names.size, labels.size))
    np.add.at(counts, (group, emotion), 1)
    return counts
