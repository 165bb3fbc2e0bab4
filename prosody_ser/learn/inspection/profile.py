"""Effect of each emotion on each feature relative to neutral, within speakers: the table that papers print."""

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
#: Smallest number of speakers for an effect; with two, a t interval is too wide to be useful.
LEAST_SPEAKERS = 3
LEVEL = 0.95
#: The tests over speakers, with their descriptions.
TESTS = {"t": "t-test over speakers", "wilcoxon": "Wilcoxon signed-rank test over speakers"}


def profile(
    table: FeatureTable, *, reference: str = REFERENCE, test: str = "t", correction: str = "bh"
) -> pd.DataFrame:
    r"""Compute the effect of each emotion on each feature relative to a reference emotion, within speakers.

    For every speaker :math:`s` who has clips of both emotions, the standardised difference of means is

    .. math:: d_s = J(m_s)\,(\bar x_{s,emotion} - \bar x_{s,reference}) / \sigma_s

    where :math:`\sigma_s` is the speaker's standard deviation within emotions, pooled over all emotions of that
    speaker with :math:`m_s` = (clips - emotions) degrees of freedom, and
    :math:`J(m) = \Gamma(m/2) / (\sqrt{m/2}\,\Gamma((m-1)/2))` corrects the bias for few clips (Hedges, 1981). The
    effect is the mean of :math:`d_s` over speakers with equal weights; its interval is Student's t over speakers.

    The unit is therefore the variation between clips of the same speaker and emotion. The speakers' levels and spreads
    cancel, as in the z-scores within speakers of Banse and Scherer (1996). Cohen's d_z (division by the standard
    deviation of the differences over speakers) is not used, because it increases with the similarity of the speakers
    and cannot be compared with the d of other studies (Lakens, 2013).

    Augmented copies are left out, because a clip would count several times.

    Parameters
    ----------
    table : FeatureTable
    reference : str
        The emotion with which the others are compared.
    test : {"t", "wilcoxon"}
        Two-sided test of the null hypothesis that the speakers' :math:`d_s` are centred at 0. Wilcoxon's test does not
        need normality, but its p cannot be less than ``2 ** (1 - n_speakers)``.
    correction : {"bh", "holm"}
        Correction of the p-values over all features and emotions together.

    Returns
    -------
    DataFrame
        One row for each emotion and feature, sorted by emotion, then by absolute effect. The columns are `emotion`,
        `feature`, `family`, `unit`, `effect`, `low`, `high` (95 % interval), `p`, `p_corrected`, `difference` (mean
        over the same speakers of the difference of means, in `unit`), `n_speakers`, `n_left_out` (speakers without
        clips of both emotions in which the feature is defined, with fewer than two degrees of freedom, or without
        variation) and `note` (why a row is NaN, otherwise empty). ``attrs`` has `reference`, `test` and `correction`.

    Raises
    ------
    ProtocolError
        If no usable clip has the reference emotion, or none has another.

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
    >>> effects = ser.profile(ser.load_emodb_features())
    >>> effects.query("emotion == 'anger'")["feature"].iloc[0]
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
        of_speaker = speakers == name
        means, sd, freedom = _within(values[of_speaker], labels[of_speaker], emotions)
        at = list(emotions).index(reference)
        difference = np.delete(means - means[at], at, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            d[i] = _hedges(freedom) * difference / sd
        raw[i] = np.where(np.isnan(d[i]), np.nan, difference)
    effects = _over_speakers(d, raw, test)
    effects.insert(0, "emotion", np.repeat(others, values.shape[1]))
    effects.insert(1, "feature", np.tile(X.columns, len(others)))
    effects.insert(2, "family", [family_of(name, "") for name in effects["feature"]])
    effects.insert(3, "unit", [unit_of(name) for name in effects["feature"]])
    effects.insert(8, "p_corrected", corrected(effects["p"].to_numpy(), correction))
    effects["note"] = _notes(effects, reference)
    order = np.lexsort([-np.abs(effects["effect"].fillna(0)), effects["effect"].isna(), effects["emotion"]])
    effects = effects.iloc[order].reset_index(drop=True)
    effects.attrs |= {"reference": reference, "test": test, "correction": correction}
    return effects


def profile_block(effects: pd.DataFrame, notice: str | None = None) -> dict[str, Any]:
    """The result of :func:`profile` as the block ``profile`` of a result."""
    about = effects.attrs
    method = (
        "mean over speakers of Hedges' g within speaker (difference of means / the speaker's standard deviation within "
        f"emotions, pooled); 95 % interval by t over speakers; {TESTS[about['test']]}; "
        f"{CORRECTIONS[about['correction']]}"
    )
    rows = records(effects)
    rows = [row | {"note": row["note"] or None} for row in rows]
    return {"reference": about["reference"], "method": method, "notice": notice, "rows": rows}


def with_profile(result: Result, table: FeatureTable, **options: Any) -> Result:
    """Return a copy of a result with :func:`profile` of the same table under ``profile``."""
    return Result(result.data | {"profile": profile_block(profile(table, **options), table.notice)})


def check_reference(table: FeatureTable, reference: str = "neutral") -> None:
    """Raise a ProtocolError if :func:`profile` cannot compare the emotions of a table with this one."""
    _clips(table, reference)


def _clips(table: FeatureTable, reference: str) -> tuple[pd.DataFrame, np.ndarray]:
    """X and labels of the usable clips."""
    check_clips(table)
    X, labels = table.features_of(table.usable), table.y.to_numpy(dtype=str)
    present = sorted(set(labels))
    if reference not in present:
        raise ProtocolError(
            f"no usable clip has the emotion {reference}: name another emotion to compare with (--reference); the "
            f"table has {', '.join(present) or 'none'}{did_you_mean(reference, present)}"
        )
    if len(present) < 2:
        raise ProtocolError(
            f"all clips have the emotion {reference}, so there is nothing to compare: add clips of other emotions"
        )
    return X, labels


def _within(values: np.ndarray, labels: np.ndarray, emotions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means by emotion of one speaker, pooled standard deviation within emotions, and its degrees of freedom."""
    n_features = values.shape[1]
    means, squares = np.full((len(emotions), n_features), np.nan), np.zeros(n_features)
    freedom = np.zeros(n_features)
    for i, emotion in enumerate(emotions):
        clips = values[labels == emotion]
        n = np.isfinite(clips).sum(axis=0)
        mean = np.nansum(clips, axis=0) / np.maximum(n, 1)
        means[i] = np.where(n > 0, mean, np.nan)
        squares += np.nansum((clips - mean) ** 2, axis=0)
        freedom += np.maximum(n - 1, 0)
    sd = np.sqrt(squares / np.maximum(freedom, 1))
    with np.errstate(invalid="ignore"):
        size = np.nan_to_num(np.nanmax(np.abs(values), axis=0, initial=0.0))
    varies = (freedom >= 2) & (sd > 1e-12 * size)  # smaller deviations are rounding errors of a constant
    return means, np.where(varies, sd, np.nan), np.where(varies, freedom, 2)


def _hedges(freedom: np.ndarray) -> np.ndarray:
    """Hedges' exact correction J for these degrees of freedom."""
    return np.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2)


def _over_speakers(d: np.ndarray, raw: np.ndarray, test: str) -> pd.DataFrame:
    """Mean, interval and p over speakers (the first axis); NaN with fewer than LEAST_SPEAKERS."""
    d, raw = (part.reshape(len(part), -1) for part in (d, raw))
    defined = np.isfinite(d)
    n = defined.sum(axis=0)
    enough = n >= LEAST_SPEAKERS
    number = np.maximum(n, 2)
    mean = np.where(defined, d, 0).sum(axis=0) / number
    sd = np.sqrt((np.where(defined, d - mean, 0) ** 2).sum(axis=0) / (number - 1))
    error = sd / np.sqrt(number)
    half = t.ppf((1 + LEVEL) / 2, number - 1) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * t.sf(np.abs(mean) / error, number - 1)
    if test == "wilcoxon":
        p = np.array([_wilcoxon(d[defined[:, i], i]) if enough[i] else np.nan for i in range(n.size)])
    difference = np.where(defined, raw, 0).sum(axis=0) / number
    columns = {"effect": mean, "low": mean - half, "high": mean + half, "p": p, "difference": difference}
    effects = pd.DataFrame({name: np.where(enough, column, np.nan) for name, column in columns.items()})
    effects["n_speakers"], effects["n_left_out"] = n, len(d) - n
    return effects


def _wilcoxon(differences: np.ndarray) -> float:
    return float(wilcoxon(differences).pvalue) if differences.any() else 1.0


def _notes(effects: pd.DataFrame, reference: str) -> list[str]:
    few = effects["n_speakers"] < LEAST_SPEAKERS
    return [
        f"{n} speaker{'s' * (n != 1)} with {reference} and {emotion} whose values are defined and not constant; "
        f"{LEAST_SPEAKERS} are needed"
        if lacking
        else ""
        for n, emotion, lacking in zip(effects["n_speakers"], effects["emotion"], few, strict=True)
    ]
