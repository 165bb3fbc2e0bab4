"""How each emotion moves each feature against neutral, within the speaker: the table that a paper prints."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import gammaln
from scipy.stats import t, wilcoxon

from ...errors import ProtocolError, chosen, did_you_mean
from ...results import Result
from ...results.jsonable import records
from ...tables.feature_table import FeatureTable
from ..metrics.corrections import CORRECTIONS, corrected
from ..speakers.names import speakers_of
from ..splits.plan import check_clips
from .feature_groups import family_of, unit_of

REFERENCE = "neutral"
#: Under so many speakers, nothing is said: of two, an interval by t spans whatever one likes.
LEAST_SPEAKERS = 3
LEVEL = 0.95
#: The tests over speakers, in words.
TESTS = {"t": "t-test over speakers", "wilcoxon": "Wilcoxon signed-rank test over speakers"}


def profile(
    table: FeatureTable, *, reference: str = REFERENCE, test: str = "t", correction: str = "bh"
) -> pd.DataFrame:
    r"""How each emotion moves each feature against a reference emotion, within speakers.

    For every speaker :math:`s` who has clips of both, the standardised difference of means

    .. math:: d_s = J(m_s)\,(\bar x_{s,emotion} - \bar x_{s,reference}) / \sigma_s

    where :math:`\sigma_s` is the speaker's standard deviation within emotions, pooled over all emotions of that
    speaker with :math:`m_s` = clips less emotions degrees of freedom, and
    :math:`J(m) = \Gamma(m/2) / (\sqrt{m/2}\,\Gamma((m-1)/2))` takes away the bias of few clips (Hedges, 1981). The
    effect is the mean of :math:`d_s` over speakers, each counting the same; its interval is Student's t over speakers.

    So the unit is how much the same speaker varies from clip to clip within one emotion. Speakers' own levels and
    spreads cancel, as in the z-scores within speakers of Banse and Scherer (1996). Cohen's d_z (divided by the standard
    deviation of the differences over speakers) is not used: it grows with how alike speakers are and compares with no
    other study's d (Lakens, 2013).

    Augmented copies are left out: they would count a clip several times.

    Parameters
    ----------
    table : FeatureTable
    reference : str
        The emotion that the others are compared with.
    test : {"t", "wilcoxon"}
        Of the null hypothesis that speakers' :math:`d_s` are around 0, two-sided. Wilcoxon's needs no normality but
        cannot give less than ``2 ** (1 - n_speakers)``.
    correction : {"bh", "holm"}
        Over all features and emotions together.

    Returns
    -------
    DataFrame
        One row for each emotion and feature, by emotion, then by absolute effect: `emotion`, `feature`, `family`,
        `unit`, `effect`, `low`, `high` (95 % interval), `p`, `p_corrected`, `difference` (mean over the same speakers
        of the difference of means, in `unit`), `n_speakers`, `n_left_out` (speakers without clips of both in which the
        feature is defined, without two degrees of freedom, or without any spread) and `note` (why a row is NaN, else
        empty). ``attrs`` holds `reference`, `test` and `correction`.

    Raises
    ------
    ProtocolError
        If no usable clip is of the reference emotion, or of any other.

    References
    ----------
    Banse, R. & Scherer, K. R. (1996). Acoustic profiles in vocal emotion expression. Journal of Personality and
        Social Psychology 70(3), 614-636.
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical
        Society B 57(1), 289-300.
    Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related estimators. Journal of
        Educational Statistics 6(2), 107-128.
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2),
        65-70.
    Lakens, D. (2013). Calculating and reporting effect sizes to facilitate cumulative science. Frontiers in
        Psychology 4, 863.

    Examples
    --------
    >>> found = ser.profile(ser.load_emodb_features())
    >>> found.query("emotion == 'anger'")["feature"].iloc[0]
    'h1a3_mean_db'
    """
    chosen("test", test, TESTS)
    chosen("correction", correction, CORRECTIONS)
    X, labels = _clips(table, reference)
    speakers = speakers_of(X)
    values = X.to_numpy(dtype=float)
    emotions = np.unique(labels)
    others = [str(emotion) for emotion in emotions if emotion != reference]
    names = np.unique(speakers)
    d, raw = (np.full((len(names), len(others), values.shape[1]), np.nan) for _ in range(2))
    for i, name in enumerate(names):
        own = speakers == name
        means, sd, freedom = _within(values[own], labels[own], emotions)
        at = list(emotions).index(reference)
        difference = np.delete(means - means[at], at, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            d[i] = _hedges(freedom) * difference / sd
        raw[i] = np.where(np.isnan(d[i]), np.nan, difference)
    found = _over_speakers(d, raw, test)
    found.insert(0, "emotion", np.repeat(others, values.shape[1]))
    found.insert(1, "feature", np.tile(X.columns, len(others)))
    found.insert(2, "family", [family_of(name, "") for name in found["feature"]])
    found.insert(3, "unit", [unit_of(name) for name in found["feature"]])
    found.insert(8, "p_corrected", corrected(found["p"].to_numpy(), correction))
    found["note"] = _notes(found, reference)
    order = np.lexsort([-np.abs(found["effect"].fillna(0)), found["effect"].isna(), found["emotion"]])
    found = found.iloc[order].reset_index(drop=True)
    found.attrs |= {"reference": reference, "test": test, "correction": correction}
    return found


def profile_block(found: pd.DataFrame, notice: str | None = None) -> dict[str, Any]:
    """What :func:`profile` found, as ``profile`` of a result."""
    about = found.attrs
    method = (
        "mean over speakers of Hedges' g within speaker (difference of means / the speaker's standard deviation within "
        f"emotions, pooled); 95 % interval by t over speakers; {TESTS[about['test']]}; "
        f"{CORRECTIONS[about['correction']]}"
    )
    rows = records(found)
    rows = [row | {"note": row["note"] or None} for row in rows]
    return {"reference": about["reference"], "method": method, "notice": notice, "rows": rows}


def with_profile(result: Result, table: FeatureTable, **options: Any) -> Result:
    """A result with :func:`profile` of the same table under ``profile``; a copy."""
    return Result(result.data | {"profile": profile_block(profile(table, **options), table.notice)})


def _clips(table: FeatureTable, reference: str) -> tuple[pd.DataFrame, np.ndarray]:
    """X and labels of the usable clips."""
    check_clips(table)
    X, labels = table.features_of(table.usable), table.y.to_numpy(dtype=str)
    there = sorted(set(labels))
    if reference not in there:
        raise ProtocolError(
            f"no usable clip is {reference}: name an emotion to compare with (--reference); "
            f"there are: {', '.join(there) or 'none'}{did_you_mean(reference, there)}"
        )
    if len(there) < 2:
        raise ProtocolError(f"all clips are {reference}: there is nothing to compare")
    return X, labels


def _within(values: np.ndarray, labels: np.ndarray, emotions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of one speaker: means by emotion, pooled standard deviation within emotions, its degrees of freedom."""
    n_features = values.shape[1]
    means, squares = np.full((len(emotions), n_features), np.nan), np.zeros(n_features)
    freedom = np.zeros(n_features)
    for i, emotion in enumerate(emotions):
        own = values[labels == emotion]
        n = np.isfinite(own).sum(axis=0)
        mean = np.nansum(own, axis=0) / np.maximum(n, 1)
        means[i] = np.where(n > 0, mean, np.nan)
        squares += np.nansum((own - mean) ** 2, axis=0)
        freedom += np.maximum(n - 1, 0)
    sd = np.sqrt(squares / np.maximum(freedom, 1))
    with np.errstate(invalid="ignore"):
        size = np.nan_to_num(np.nanmax(np.abs(values), axis=0, initial=0.0))
    some = (freedom >= 2) & (sd > 1e-12 * size)  # else constant but for rounding
    return means, np.where(some, sd, np.nan), np.where(some, freedom, 2)


def _hedges(freedom: np.ndarray) -> np.ndarray:
    """Hedges' exact correction J for so many degrees of freedom."""
    return np.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2)


def _over_speakers(d: np.ndarray, raw: np.ndarray, test: str) -> pd.DataFrame:
    """Mean, interval and p over speakers (the first axis); NaN under LEAST_SPEAKERS."""
    d, raw = (part.reshape(len(part), -1) for part in (d, raw))
    there = np.isfinite(d)
    n = there.sum(axis=0)
    enough = n >= LEAST_SPEAKERS
    number = np.maximum(n, 2)
    mean = np.where(there, d, 0).sum(axis=0) / number
    sd = np.sqrt((np.where(there, d - mean, 0) ** 2).sum(axis=0) / (number - 1))
    error = sd / np.sqrt(number)
    half = t.ppf((1 + LEVEL) / 2, number - 1) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * t.sf(np.abs(mean) / error, number - 1)
    if test == "wilcoxon":
        p = np.array([_wilcoxon(d[there[:, i], i]) if enough[i] else np.nan for i in range(n.size)])
    difference = np.where(there, raw, 0).sum(axis=0) / number
    columns = {"effect": mean, "low": mean - half, "high": mean + half, "p": p, "difference": difference}
    found = pd.DataFrame({name: np.where(enough, column, np.nan) for name, column in columns.items()})
    found["n_speakers"], found["n_left_out"] = n, len(d) - n
    return found


def _wilcoxon(differences: np.ndarray) -> float:
    return float(wilcoxon(differences).pvalue) if differences.any() else 1.0


def _notes(found: pd.DataFrame, reference: str) -> list[str]:
    few = found["n_speakers"] < LEAST_SPEAKERS
    return [
        f"{n} speaker{'s' * (n != 1)} with {reference} and {emotion}, defined and not constant; "
        f"{LEAST_SPEAKERS} are needed"
        if lacking
        else ""
        for n, emotion, lacking in zip(found["n_speakers"], found["emotion"], few, strict=True)
    ]
