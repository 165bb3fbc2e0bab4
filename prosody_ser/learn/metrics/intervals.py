"""Confidence intervals of scores over speakers: Student's t with the standard error of a jackknife over speakers.

Clips of one speaker are similar, so clips are not treated as independent. Each speaker is left out in turn, with all of
their held-out predictions, and the scores of the others show how much one speaker changes the result. No model is
fitted again. An emotion of which the remaining speakers have no clip is left out of the mean, as in a single speaker's
UAR (:func:`prosody_ser.learn.metrics.scores.scores_of`).

A score lies between 0 and 1 and varies less near these limits, so its interval is not symmetric. Wilson's form contains
every value whose distance from the score is within t standard errors *at that value*, and it never leaves the range
from 0 to 1. A few speakers may agree by chance, so the standard error is never smaller than that of the same number of
independent clips. Intervals of differences are symmetric, and clipped to the range from -1 to 1.

``benchmarks/interval_coverage.md`` shows how often these and other intervals contain the true value.

References
----------
Miller, R. G. (1974). The jackknife: a review. Biometrika 61(1), 1-15.
Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22(158), 209-212.
Dean, N. & Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in clustered surveys.
    Journal of Survey Statistics and Methodology 3(4), 484-503.
"""

from typing import Any

import numpy as np
from scipy import stats

from .scores import SCORES, mean_recall, scores_of

LEVEL = 0.95
#: The smallest number of speakers for an interval, because one speaker does not show how speakers differ.
LEAST_SPEAKERS = 2
#: With fewer speakers, a result notes that its score holds for these speakers only.
ENOUGH_SPEAKERS = 6
TOO_FEW = "too few speakers for an interval"
METHOD = "jackknife t over speakers, Wilson's form"
REFERENCE = "Miller (1974), Biometrika 61(1); Wilson (1927), JASA 22(158); Dean & Pagano (2015), JSSAM 3(4)"


def intervals(counts: np.ndarray) -> dict[str, Any] | None:
    """Intervals of all scores, from counts (n_speakers, n_labels, n_labels); None with fewer than two speakers."""
    if len(counts) < LEAST_SPEAKERS:
        return None
    pooled = counts.sum(axis=0)
    score, left = scores_of(pooled), scores_of(pooled - counts)
    n_alike = _independent_clips(pooled)
    about = {"level": LEVEL, "method": METHOD, "reference": REFERENCE}
    return about | {name: _of_share(float(score[name]), left[name], n_alike) for name in SCORES}


def difference_interval(counts: np.ndarray, others: np.ndarray, name: str = "uar") -> list[float] | None:
    """Interval of a score of `counts` minus that of `others`, for the same speakers; None with fewer than two."""
    if len(counts) < LEAST_SPEAKERS:
        return None
    score, left = (
        scores_of(one)[name] - scores_of(other)[name]
        for one, other in zip(_pooled_and_left(counts), _pooled_and_left(others), strict=True)
    )
    return _of_difference(float(score), float((_moves(left) ** 2).sum()), len(counts) - 1)


def gap_interval(one: np.ndarray, other: np.ndarray, among: np.ndarray) -> list[float] | None:
    """Interval of the UAR of one group of clips minus that of another, over the emotions `among` (a mask).

    Both are counts (n_speakers, n_labels, n_labels) of the same speakers, zero if a speaker has no clip in the group; a
    speaker may have clips in both groups. Degrees of freedom are Welch's. None if a group has only one speaker.
    """
    score, moves = [], np.zeros((2, len(one)))
    for group, counts in enumerate((one, other)):
        in_group = counts.sum(axis=(1, 2)) > 0
        if in_group.sum() < LEAST_SPEAKERS:
            return None
        pooled, left = (mean_recall(part, among) for part in _pooled_and_left(counts[in_group]))
        score.append(float(pooled))
        moves[group, in_group] = _moves(left)
    variances, n_speakers = (moves**2).sum(axis=1), (np.stack([one, other]).sum(axis=(2, 3)) > 0).sum(axis=1)
    spread = (variances**2 / (n_speakers - 1)).sum()
    df = variances.sum() ** 2 / spread if spread > 0 else n_speakers.min() - 1
    return _of_difference(score[0] - score[1], float(((moves[0] - moves[1]) ** 2).sum()), df)


def _pooled_and_left(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts of all speakers together, and of all without each speaker in turn."""
    pooled = counts.sum(axis=0)
    return pooled, pooled - counts


def _moves(left: np.ndarray) -> np.ndarray:
    """Contribution of each speaker to the error of a score; the squares add up to the jackknife variance."""
    return np.sqrt((left.size - 1) / left.size) * (left - left.mean())


def _of_share(score: float, left: np.ndarray, n_alike: float) -> list[float]:
    r"""Wilson's interval of a score: all s with :math:`|score - s| \le t \sqrt{s (1 - s) / n}`.

    n is the number of independent clips that would have the jackknife's standard error, but at most `n_alike`.
    """
    spread, variance = score * (1 - score), float((_moves(left) ** 2).sum())
    n_effective = min(spread / variance, n_alike) if variance > 0 else n_alike
    squared = _quantile(left.size - 1) ** 2 / n_effective
    middle, half = score + squared / 2, np.sqrt(squared * (spread + squared / 4))
    return [float(np.clip((middle + side * half) / (1 + squared), 0, 1)) for side in (-1, 1)]


def _independent_clips(pooled: np.ndarray) -> float:
    """Number of independent clips, balanced over emotions, that would give the mean recall with the same precision."""
    support = pooled.sum(axis=1)
    support = support[support > 0]
    return float(support.size**2 / (1 / support).sum())


def _of_difference(difference: float, variance: float, df: float) -> list[float]:
    half = _quantile(df) * variance**0.5
    return [float(np.clip(difference + side * half, -1, 1)) for side in (-1, 1)]


def _quantile(df: float) -> float:
    return float(stats.t.ppf((1 + LEVEL) / 2, df))
