"""Tests and effect sizes of paired differences."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

#: Up to this number of nonzero differences, all 2**n combinations of signs are tried, which is exact also with ties.
_MAX_ENUMERATED = 14
#: Differences are rounded to this many decimals, so that rounding errors neither break ties nor count as differences.
_DECIMALS = 12


@dataclass(frozen=True)
class TestOutcome:
    """The outcome of a statistical test."""

    __test__ = False  # pytest must not collect this class

    statistic: float | None  #: W+ (the rank sum of the positive differences), or t; None if undefined
    p: float | None  #: two-sided p-value
    n: int  #: number of differences (speakers or folds)
    n_nonzero: int  #: number of differences that are not 0
    df: int | None = None  #: degrees of freedom of a t-test
    exact: bool = False  #: whether p is exact, not approximated

    @property
    def data(self) -> dict[str, Any]:
        """The outcome as plain data."""
        return asdict(self)


def wilcoxon_test(differences: ArrayLike) -> TestOutcome:
    """Two-sided Wilcoxon signed-rank test of whether paired differences are distributed symmetrically about 0.

    Differences of 0 are left out; ties share their mean rank. With up to 14 differences p is exact, also with ties (all
    signs are tried). With up to 50 differences without ties it is exact, too; otherwise the normal approximation is
    used.

    Parameters
    ----------
    differences : array_like of shape (n,)

    Returns
    -------
    TestOutcome
        p is 1 if all differences, or all but one, are 0.

    References
    ----------
    Wilcoxon, F. (1945). Individual comparisons by ranking methods. Biometrics Bulletin 1(6), 80-83.
    """
    values = _rounded(differences)
    kept = values[values != 0]
    if not kept.size:
        return TestOutcome(0.0, 1.0, values.size, 0, exact=True)
    if kept.size == 1:  # both signs are equally likely
        return TestOutcome(float(kept[0] > 0), 1.0, values.size, 1, exact=True)
    ties = np.unique(np.abs(kept)).size < kept.size
    if kept.size <= _MAX_ENUMERATED:
        method: Any = stats.PermutationMethod(n_resamples=2**kept.size)
    else:
        method = "approx" if ties or kept.size > 50 else "exact"
    p = float(stats.wilcoxon(kept, method=method).pvalue)
    positive, _ = _rank_sums(kept)
    return TestOutcome(float(positive), min(p, 1.0), values.size, kept.size, exact=method != "approx")


def corrected_t_test(differences: ArrayLike, test_to_train: float) -> TestOutcome:
    r"""Two-sided corrected resampled t-test of whether the mean difference over folds is 0.

    The folds of repeated cross-validation share clips, so a plain t-test reports differences that do not exist. With J
    differences of mean m and variance s² (divisor J - 1)

    .. math:: t = m / \sqrt{(1/J + n_{test}/n_{train}) s^2}

    has about J - 1 degrees of freedom.

    Parameters
    ----------
    differences : array_like of shape (n_folds,)
        Differences for all folds of all repeats.
    test_to_train : float
        Ratio of test clips to training clips.

    Returns
    -------
    TestOutcome
        p is 1 if all differences are 0, and None if there are fewer than two or all have the same nonzero value.

    References
    ----------
    Nadeau, C. & Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52(3), 239-281.
    Bouckaert, R. R. & Frank, E. (2004). Evaluating the replicability of significance tests for comparing learning
    algorithms. PAKDD 2004, 3-12 (for r times k folds).
    """
    values = _rounded(differences)
    n, n_nonzero = values.size, int(np.count_nonzero(values))
    if n < 2 or (n_nonzero and np.ptp(values) == 0):
        return TestOutcome(None, None, n, n_nonzero)
    if not n_nonzero:
        return TestOutcome(0.0, 1.0, n, 0, n - 1)
    t = values.mean() / np.sqrt((1 / n + test_to_train) * values.var(ddof=1))
    return TestOutcome(float(t), float(2 * stats.t.sf(abs(t), n - 1)), n, n_nonzero, n - 1)


def rank_biserial(differences: ArrayLike) -> float | None:
    """Matched-pairs rank-biserial correlation: (W+ - W-) / (W+ + W-), from -1 to 1; None if all differences are 0.

    References
    ----------
    Kerby, D. S. (2014). The simple difference formula. Comprehensive Psychology 3, 11.IT.3.1.
    """
    values = _rounded(differences)
    positive, negative = _rank_sums(values[values != 0])
    return float((positive - negative) / (positive + negative)) if positive + negative else None


def cohen_dz(differences: ArrayLike) -> float | None:
    """Mean of paired differences divided by their standard deviation; None if this is 0, or with one difference."""
    values = _rounded(differences)
    if values.size < 2 or np.ptp(values) == 0:
        return None
    return float(values.mean() / values.std(ddof=1))


def smallest_p(n: int) -> float:
    """Smallest p-value that a two-sided Wilcoxon test of n differences can give."""
    return min(1.0, 2.0 ** (1 - n))


def _rounded(differences: ArrayLike) -> np.ndarray:
    return np.round(np.asarray(differences, dtype=float), _DECIMALS) + 0.0


def _rank_sums(values: np.ndarray) -> tuple[float, float]:
    ranks = stats.rankdata(np.abs(values))
    return ranks[values > 0].sum(), ranks[values < 0].sum()
