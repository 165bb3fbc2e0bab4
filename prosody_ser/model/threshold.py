"""Below which confidence to abstain, so that what is still said is wrong no more often than stated."""

import math
from dataclasses import dataclass

import numpy as np

#: More than any confidence: a model with this threshold always abstains.
ALWAYS = float(np.nextafter(1.0, 2.0))
LEVEL = 0.95
#: Of clips that get a label: at which risk that many do is said of every model.
SHARES = ("0.25", "0.5", "0.75")


@dataclass(frozen=True)
class Threshold:
    """A threshold and what it does on out-of-fold clips."""

    threshold: float  #: abstain where the confidence is below it
    reached: bool  #: whether the risk is met; if not, `threshold` is :data:`ALWAYS`
    coverage: float  #: share of all clips that get a label
    error: float | None  #: share of those whose label is wrong: the selective error
    #: upper bound of that share, at a one-sided level of 95 % (Clopper & Pearson 1934), as if clips were independent.
    #: Clips of one speaker are not, and the threshold was chosen on the same clips: both make it too low.
    error_upper: float | None
    least_error: float | None  #: the smallest selective error of any threshold
    risk_at: dict[str, float]  #: the selective error if a share of all clips, the surest, get a label; by that share


def threshold_for(
    risk: float | None, confidence: np.ndarray, correct: np.ndarray, claimable: np.ndarray | None = None
) -> Threshold:
    """The smallest threshold at which the selective error is at most `risk` (None: no clip is left out for it).

    Clips that are not `claimable` get no label whatever the confidence, and so count for no error.

    `confidence` and `correct` are of out-of-fold clips. The threshold is chosen on the clips that its error is given
    of, so the error of new clips tends to be a little larger, the more so the fewer clips are left (`error_upper`), and
    larger still on speech of another kind.

    References
    ----------
    Geifman, Y. & El-Yaniv, R. (2017). Selective classification for deep neural networks. NeurIPS 30.
    Clopper, C. J. & Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated in the case of the
        binomial. Biometrika 26, 404-413.
    """
    n_all = confidence.size
    if claimable is not None:
        confidence, correct = confidence[claimable], correct[claimable]
    if not confidence.size:
        return Threshold(ALWAYS, False, 0.0, None, None, None, {})
    order = np.argsort(confidence, kind="stable")
    values, first = np.unique(confidence[order], return_index=True)
    n_left = confidence.size - first
    n_wrong = np.cumsum(~correct[order][::-1])[::-1][first]
    error = n_wrong / n_left
    least = float(error.min())
    surest = np.cumsum(~correct[order][::-1]) / np.arange(1, confidence.size + 1)
    shares = {share: math.ceil(float(share) * n_all) for share in SHARES}
    risk_at = {share: float(surest[n - 1]) for share, n in shares.items() if n <= confidence.size}
    fit = np.flatnonzero(error <= (1.0 if risk is None else risk))
    if not fit.size:
        return Threshold(ALWAYS, False, 0.0, None, None, least, risk_at)
    chosen = fit[0]
    return Threshold(
        threshold=0.0 if chosen == 0 else float(values[chosen]),  # nothing is left out: nor shall it be of new clips
        reached=True,
        coverage=float(n_left[chosen] / n_all),
        error=float(error[chosen]),
        error_upper=_upper(int(n_wrong[chosen]), int(n_left[chosen])),
        least_error=least,
        risk_at=risk_at,
    )


def _upper(n_wrong: int, n: int) -> float:
    from scipy.special import betaincinv

    return 1.0 if n_wrong == n else float(betaincinv(n_wrong + 1, n - n_wrong, LEVEL))
