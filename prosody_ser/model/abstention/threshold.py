"""The confidence threshold below which a model abstains, so that its other answers keep to a stated risk of error."""

import math
from dataclasses import dataclass

import numpy as np

#: A threshold above any confidence, with which a model always abstains.
ALWAYS = float(np.nextafter(1.0, 2.0))
LEVEL = 0.95
#: Shares of labelled clips (coverage) for which every model card states the selective error.
SHARES = ("0.25", "0.5", "0.75")


@dataclass(frozen=True)
class Threshold:
    """A threshold and its effect on out-of-fold clips."""

    threshold: float  #: the model abstains below this confidence
    reached: bool  #: whether the risk is met; if not, `threshold` is :data:`ALWAYS`
    coverage: float  #: share of all clips that get a label
    error: float | None  #: selective error: share of the labelled clips whose label is wrong
    #: One-sided 95 % upper bound of the selective error (Clopper & Pearson 1934), which assumes independent clips. It
    #: is too low, because clips of one speaker are not independent and the threshold was chosen on the same clips.
    error_upper: float | None
    least_error: float | None  #: the smallest selective error of any threshold
    risk_at: dict[str, float]  #: selective error if only the most confident share of clips gets a label; by share


def threshold_for(
    risk: float | None, confidence: np.ndarray, correct: np.ndarray, claimable: np.ndarray | None = None
) -> Threshold:
    """Find the smallest threshold at which the selective error is at most `risk` (None: no clip is left out for risk).

    Clips that are not `claimable` get no label at any confidence, so they cannot be errors.

    `confidence` and `correct` belong to out-of-fold clips. The threshold is chosen on the same clips on which its error
    is measured. The error on new clips therefore tends to be a little larger, more so if few clips are left (see
    `error_upper`), and larger still on other kinds of speech.

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
        threshold=0.0 if chosen == 0 else float(values[chosen]),  # if no clip is left out, leave out no new one either
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
