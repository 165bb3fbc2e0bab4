"""How sure a score is, were the speakers others: percentile bootstrap over speakers.

Clips of one speaker are alike, so drawing clips would promise too much. What is drawn, with replacement, is speakers,
each with all their held-out predictions; no model is fitted again. An emotion that no speaker of a resample has is left
out of that resample's mean, as it is of a single speaker's UAR (:func:`prosody_ser.learn.metrics.scores.scores_of`).

References
----------
Efron, B. & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall. Chapter 13.
Field, C. A. & Welsh, A. H. (2007). Bootstrapping clustered data. Journal of the Royal Statistical Society B 69(3),
    369-390.
"""

from typing import Any

import numpy as np

from .scores import SCORES, scores_of

LEVEL = 0.95
N_RESAMPLES = 2000
#: With fewer the percentiles mean little: of 5 speakers there are only 126 different resamples.
LEAST_SPEAKERS = 6
TOO_FEW = "too few speakers for an interval"
METHOD = "percentile bootstrap over speakers"


def speaker_resamples(n_speakers: int, seed: int) -> np.ndarray:
    """How often each speaker is in each resample, shape (n_resamples, n_speakers)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(n_speakers, np.full(n_speakers, 1 / n_speakers), size=N_RESAMPLES)


def resampled(counts: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Confusion counts of each resample, shape (n_resamples, n_labels, n_labels)."""
    # whole numbers far below 2**53: exact in any order of the sum, and BLAS is faster than integers
    return (times.astype(float) @ counts.reshape(len(counts), -1).astype(float)).reshape(-1, *counts.shape[1:])


def percentiles(values: np.ndarray) -> list[float]:
    """Low and high end of the values; those that are undefined are left out."""
    ends = np.nanpercentile(values, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return [float(end) for end in ends]


def resampled_scores(counts: np.ndarray, seed: int) -> dict[str, np.ndarray] | None:
    """Each score over resamples of the speakers of counts (n_speakers, n_labels, n_labels); None under six.

    Two sets of counts of the same speakers see the same resamples: the difference of their scores is of pairs.
    """
    if len(counts) < LEAST_SPEAKERS:
        return None
    return scores_of(resampled(counts, speaker_resamples(len(counts), seed)))


def intervals(counts: np.ndarray, seed: int) -> dict[str, Any] | None:
    """Intervals of all scores of counts (n_speakers, n_labels, n_labels), or None with fewer than 6 speakers."""
    found = resampled_scores(counts, seed)
    if found is None:
        return None
    about = {"level": LEVEL, "method": METHOD, "n_resamples": N_RESAMPLES}
    return about | {name: percentiles(found[name]) for name in SCORES}


def difference_interval(counts: np.ndarray, others: np.ndarray, seed: int) -> list[float] | None:
    """Interval of the UAR of `counts` less that of `others`, of the same speakers; None with fewer than 6."""
    one, other = resampled_scores(counts, seed), resampled_scores(others, seed)
    return None if one is None or other is None else percentiles(one["uar"] - other["uar"])
