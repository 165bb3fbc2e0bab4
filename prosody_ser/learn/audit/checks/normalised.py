"""Features that were normalised before the table was read: by speaker, by corpus, or over all clips.

After such a normalisation every speaker (or corpus) has the same mean, median or range in each feature. Measured values
differ between speakers at least as much as chance makes means differ. The F ratio compares the two: it is about 1 for
noise, larger for features that depend on the speaker, and about 0 after normalisation.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy import stats

from ..finding import NOTE, WARNING, Finding
from ..material import Material

CHECK = "normalised features"
#: Largest F ratio of a normalised feature (not 0, because clips may have been removed afterwards), and the probability
#: of as small a ratio by chance; the smaller of the two limits counts. For other groups than speakers, of which there
#: are many to try, the probability is smaller.
LARGEST_F, CHANCE, CHANCE_OF_OTHERS = 0.15, 1e-3, 1e-5
#: With fewer features, the means must be equal up to rounding.
_LEAST_FEATURES, _ROUNDING = 5, 1e-9
#: Share of the features that must be normalised.
_SHARE = 0.5
_LEAST_ROWS = 20
_OF_SPEAKERS = (
    "The features were normalised by speaker before the table was read, with the clips on which the model is tested. "
    "Therefore the score is not blind, whatever the result says: it holds only if as many clips of a new speaker are "
    "available. Give the features as they were measured, and use '--speaker-norm speaker', which says so."
)
_OF_EMOTION = (
    "The clips of this emotion served to normalise each speaker, also the test speakers. Therefore the labels of test "
    "clips were used, and the score is too high. Give the features as they were measured, and use '--speaker-norm "
    "enrol', which normalises by a few unlabelled clips that are not scored."
)
_OF_CORPORA = (
    "The features were normalised by corpus before the table was read, with the clips on which the model is tested, "
    "so the score holds only if a whole corpus like the test clips is available. Give the features as they were "
    "measured."
)
_OF_ALL = (
    "The features were scaled over all clips, including test clips, before the table was read. The effect on the score "
    "is usually small. Give the features as they were measured, because every model scales them on its training clips."
)


def find(material: Material) -> list[Finding]:
    """Find how most features seem to have been normalised; the first that applies."""
    columns = (material.n_distinct > material.n_finite / 4) & (material.n_finite >= _LEAST_ROWS)
    values = material.values[:, columns]
    if not values.shape[1]:
        return []
    for who, effect, rows, group in _groups(material):
        chance = CHANCE if who == "speaker" else CHANCE_OF_OTHERS
        for what, normalised in _same_in_all(values[rows], group, chance):
            if normalised.mean() < _SHARE:
                continue
            names = np.array(material.features, dtype=object)[columns][normalised]
            sentence = f"Every {who} has the same {what} in {len(names)} of {len(normalised)} features."
            return [Finding(WARNING, CHECK, sentence, effect, {"n_features": len(names), "same": what})]
    n_rows = len(values)
    with np.errstate(invalid="ignore"):
        mean, deviation = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scaled = (np.abs(mean) <= 1e-6) & (np.abs(deviation - 1) <= 1 / n_rows)
    if scaled.mean() < _SHARE:
        return []
    sentence = f"{scaled.sum()} of {scaled.size} features have mean 0 and standard deviation 1 over all clips."
    return [Finding(NOTE, CHECK, sentence, _OF_ALL, {"n_features": int(scaled.sum()), "same": "scale"})]


def _groups(material: Material) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Yield the groups that could have been normalised: their name, the effect, and the rows with their groups."""
    everything = np.arange(len(material.y))
    yield "speaker", _OF_SPEAKERS, everything, material.speaker
    for number, emotion in enumerate(material.labels):
        rows = np.flatnonzero(material.label == number)
        yield f"speaker's clips of {emotion}", _OF_EMOTION, rows, material.speaker[rows]
    yield "corpus", _OF_CORPORA, everything, pd.factorize(material.frame["corpus"])[0]


def _same_in_all(values: np.ndarray, group: np.ndarray, chance: float) -> Iterator[tuple[str, np.ndarray]]:
    """Yield statistics with a mask of the features in which they are the same for each group of two or more rows."""
    kept = np.bincount(group)[group] >= 2
    values, group = values[kept], np.unique(group[kept], return_inverse=True)[1]
    n_groups = int(group.max(initial=-1)) + 1
    if n_groups < 2 or len(values) < max(_LEAST_ROWS, 2 * n_groups):
        return
    by_group = pd.DataFrame(values).groupby(group)
    size = by_group.count().to_numpy(dtype=float)
    within = values - by_group.transform("mean").to_numpy()
    variance = np.nansum(within**2, axis=0) / np.maximum(size.sum(axis=0) - n_groups, 1)
    varies = variance > 1e-18 * np.maximum(np.nanmax(np.abs(values), axis=0, initial=0.0) ** 2, 1e-300)
    limit = min(LARGEST_F, stats.chi2.ppf(chance, n_groups - 1) / (n_groups - 1))
    limit = limit if values.shape[1] >= _LEAST_FEATURES else _ROUNDING

    def same(statistic: Callable[[], pd.DataFrame]) -> np.ndarray:
        of_group = statistic().to_numpy()
        filled = np.where(np.isfinite(of_group), of_group, 0.0)
        weight = np.where(np.isfinite(of_group), size, 0.0)
        middle = (weight * filled).sum(axis=0) / np.maximum(weight.sum(axis=0), 1)
        between = (weight * (filled - middle) ** 2).sum(axis=0) / (n_groups - 1)
        return varies & (between <= limit * variance)

    yield "mean", same(by_group.mean)
    yield "median", same(by_group.median)
    yield "range", same(by_group.min) & same(by_group.max)
