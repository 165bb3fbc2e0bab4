"""Distance of two rows, to decide whether they are copies of the same recording: copies have a distance up to 1.

A copy may have been changed, and each kind of change leaves some features as they were: noise hardly affects pitch and
the lower formants, a narrow band hardly affects the features inside the band, a cut leaves some features of each kind,
and a gain affects levels only. Therefore the distance is the smallest of three measures of the absolute differences of
features. Features are scaled by median and interquartile range, and each measure is divided by its limit:

- the median over all features;
- the lower quintile, if there are `LEAST_FOR_FIFTH` features; with fewer, a fifth may agree by chance;
- the mean of the medians of the two nearest families of the catalogue.

Two recordings of the same speaker may be two similar utterances of a sentence. For these, only the median is used, with
a lower limit.

The limits are about 0.65 times the smallest value for two recordings of different speakers in EMO-DB, RAVDESS and EMOVO
with ``prosody_v1`` and ``full_v1`` (``python benchmarks/near_duplicates.py``).
"""

from collections.abc import Sequence

import numpy as np

from ....catalogue import all_features

#: Limits of the measures, in interquartile ranges / 1.349.
MEDIAN, FIFTH, TWO_FAMILIES, MEDIAN_WITHIN_SPEAKER = 0.19, 0.06, 0.065, 0.15
LEAST_FOR_FIFTH = 100
#: Smallest number of features for a family, and largest number used of one family (evenly spaced).
LEAST_OF_FAMILY, _MOST_OF_FAMILY, _MOST_OF_UNKNOWN = 8, 64, 384


class CopyDistance:
    """Distances of pairs of rows.

    Parameters
    ----------
    scaled : ndarray of shape (n_rows, n_features)
        Features scaled by median and interquartile range, NaN where undefined.
    names : sequence of str
        Names of the features.
    speaker : ndarray of int, shape (n_rows,)
    least : int
        Number of features that must be defined in both rows.
    """

    def __init__(self, scaled: np.ndarray, names: Sequence[str], speaker: np.ndarray, least: int):
        known = all_features()
        family = np.array([known[name].family if name in known else "" for name in names], dtype=object)
        taken = np.concatenate([_some(np.flatnonzero(family == name), name == "") for name in dict.fromkeys(family)])
        self._scaled, self._family = scaled[:, taken], family[taken]
        self._speaker, self._least = speaker, least

    def of(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Distance of each pair of row positions; infinite if too few features are defined in both rows."""
        difference = np.abs(self._scaled[one] - self._scaled[other])
        shared = np.isfinite(difference).sum(axis=1)
        difference.sort(axis=1)  # NaN comes last
        median = _quantile(difference, shared, 0.5)
        fifth = np.where(shared >= LEAST_FOR_FIFTH, _quantile(difference, shared, 0.2), np.inf)
        across = np.minimum(median / MEDIAN, np.minimum(fifth / FIFTH, self._two_families(one, other) / TWO_FAMILIES))
        within = median / MEDIAN_WITHIN_SPEAKER
        distance = np.where(self._speaker[one] == self._speaker[other], within, across)
        return np.where(shared >= self._least, distance, np.inf)

    def _two_families(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Mean of the medians of the two nearest families; infinite if there are fewer than two."""
        medians = [np.full(len(one), np.inf)] * 2
        for name in dict.fromkeys(self._family[self._family != ""]):
            members = self._family == name
            difference = np.abs(self._scaled[np.ix_(one, members)] - self._scaled[np.ix_(other, members)])
            shared = np.isfinite(difference).sum(axis=1)
            difference.sort(axis=1)
            medians.append(np.where(shared >= LEAST_OF_FAMILY, _quantile(difference, shared, 0.5), np.inf))
        return np.sort(medians, axis=0)[:2].mean(axis=0)


def _quantile(ordered: np.ndarray, n_defined: np.ndarray, share: float) -> np.ndarray:
    place = np.round(share * np.maximum(n_defined - 1, 0)).astype(int)
    values = ordered[np.arange(len(ordered)), place]
    return np.where(n_defined > 0, values, np.inf)


def _some(columns: np.ndarray, unknown: bool) -> np.ndarray:
    """An evenly spaced subset of the columns of one family; it may be larger if the family is unknown."""
    most = min(columns.size, _MOST_OF_UNKNOWN if unknown else _MOST_OF_FAMILY)
    return columns[np.unique(np.linspace(0, columns.size - 1, most).astype(int))]
