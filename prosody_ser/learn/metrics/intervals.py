"""How sure a score is, were the speakers others: Student's t over speakers, with the jackknife's standard error.

Clips of one speaker are alike, so clips do not count as independent: each speaker is left out in turn, with all their
held-out predictions, and the score of the others says how much one speaker moves it. No model is fitted again. An
emotion that nobody has who is left is left out of that mean, as it is of a single speaker's UAR
(:func:`prosody_ser.learn.metrics.scores.scores_of`).

A score lies between 0 and 1 and varies less near the ends, so that its interval is not symmetric: Wilson's form of it
holds every value whose distance from the score is within t standard errors *there*, and never leaves 0 to 1. As few
speakers may agree by chance, the standard error is never taken to be smaller than that of as many independent clips.
Differences are symmetric, and cut to -1 to 1.

``benchmarks/interval_coverage.md`` shows how often these and other intervals hold the truth.

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
#: Of one speaker nobody can say how speakers differ.
LEAST_SPEAKERS = 2
#: With fewer, a result says that its score holds for these speakers only.
ENOUGH_SPEAKERS = 6
TOO_FEW = "too few speakers for an interval"
METHOD = "jackknife t over speakers, Wilson's form"
REFERENCE = "Miller (1974), Biometrika 61(1); Wilson (1927), JASA 22(158); Dean & Pagano (2015), JSSAM 3(4)"


def intervals(counts: np.ndarray) -> dict[str, Any] | None:
    """Intervals of all scores of counts (n_speakers, n_labels, n_labels), or None with fewer than two speakers."""
    if len(counts) < LEAST_SPEAKERS:
        return None
    pooled = counts.sum(axis=0)
    score, left = scores_of(pooled), scores_of(pooled - counts)
    n_alike = _independent_clips(pooled)
    about = {"level": LEVEL, "method": METHOD, "reference": REFERENCE}
    return about | {name: _of_share(float(score[name]), left[name], n_alike) for name in SCORES}


def difference_interval(counts: np.ndarray, others: np.ndarray, name: str = "uar") -> list[float] | None:
    """Interval of a score of `counts` less that of `others`, of the same speakers; None with fewer than two."""
    if len(counts) < LEAST_SPEAKERS:
        return None
    score, left = (
        scores_of(one)[name] - scores_of(other)[name]
        for one, other in zip(_pooled_and_left(counts), _pooled_and_left(others), strict=True)
    )
    return _of_difference(float(score), float((_moves(left) ** 2).sum()), len(counts) - 1)


def gap_interval(one: np.ndarray, other: np.ndarray, among: np.ndarray) -> list[float] | None:
    """Interval of the UAR of one group of clips less that of another, over the emotions `among` (a mask).

    Both are counts (n_speakers, n_labels, n_labels) of the same speakers, zero where a speaker has no clip in the
    group; a speaker may have clips in both. Degrees of freedom are Welch's. None where a group has one speaker only.
    """
    score, moves = [], np.zeros((2, len(one)))
    for group, counts in enumerate((one, other)):
        own = counts.sum(axis=(1, 2)) > 0
        if own.sum() < LEAST_SPEAKERS:
            return None
        pooled, left = (mean_recall(part, among) for part in _pooled_and_left(counts[own]))
        score.append(float(pooled))
        moves[group, own] = _moves(left)
    variances, n_speakers = (moves**2).sum(axis=1), (np.stack([one, other]).sum(axis=(2, 3)) > 0).sum(axis=1)
    spread = (variances**2 / (n_speakers - 1)).sum()
    df = variances.sum() ** 2 / spread if spread > 0 else n_speakers.min() - 1
    return _of_difference(score[0] - score[1], float(((moves[0] - moves[1]) ** 2).sum()), df)


def _pooled_and_left(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts of all speakers, and of all but each."""
    pooled = counts.sum(axis=0)
    return pooled, pooled - counts


def _moves(left: np.ndarray) -> np.ndarray:
    """What each speaker adds to the error of a score, whose squares add up to the jackknife's variance."""
    return np.sqrt((left.size - 1) / left.size) * (left - left.mean())


def _of_share(score: float, left: np.ndarray, n_alike: float) -> list[float]:
    r"""Wilson's interval of a score: all s with :math:`|score - s| \le t \sqrt{s (1 - s) / n}`.

    n is how many independent clips would have the jackknife's standard error, and at most `n_alike`.
    """
    spread, variance = score * (1 - score), float((_moves(left) ** 2).sum())
    n_effective = min(spread / variance, n_alike) if variance > 0 else n_alike
    squared = _quantile(left.size - 1) ** 2 / n_effective
    middle, half = score + squared / 2, np.sqrt(squared * (spread + squared / 4))
    return [float(np.clip((middle + side * half) / (1 + squared), 0, 1)) for side in (-1, 1)]


def _independent_clips(pooled: np.ndarray) -> float:
    """How many clips, equally many of each emotion, would tell the mean recall as precisely, were they independent."""
    support = pooled.sum(axis=1)
    support = support[support > 0]
    return float(support.size**2 / (1 / support).sum())


def _of_difference(difference: float, variance: float, df: float) -> list[float]:
    half = _quantile(df) * variance**0.5
    return [float(np.clip(difference + side * half, -1, 1)) for side in (-1, 1)]


def _quantile(df: float) -> float:
    return float(stats.t.ppf((1 + LEVEL) / 2, df))
