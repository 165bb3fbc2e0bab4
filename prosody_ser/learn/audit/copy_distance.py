"""How far apart two rows are as copies of one recording: 1 is as far as copies may be.

A copy was changed in one way or another, and each change leaves other features as they were: noise spares pitch and the
lower formants, a narrow band spares all that lies in it, a cut spares some features of each kind, a gain all but the
levels. So the distance is the least of three readings of the absolute differences of features, each scaled by median
and interquartile range and divided by the limit of its reading:

- the median over all features;
- the lower fifth, from `LEAST_FOR_FIFTH` features on: of fewer a fifth is alike by chance;
- the mean of the medians of the two nearest families of the catalogue.

Two recordings of one speaker can be a sentence said twice alike: of these only the median is read, with a lower limit.

The limits are about 0.65 of the least value of two recordings of different speakers in EMO-DB, RAVDESS and EMOVO with
``prosody_v1`` and ``full_v1`` (``python benchmarks/near_duplicates.py``).
"""

from collections.abc import Sequence

import numpy as np

from ...catalogue import all_features

#: Limits of the readings, in interquartile ranges / 1.349.
MEDIAN, FIFTH, TWO_FAMILIES, MEDIAN_WITHIN_SPEAKER = 0.19, 0.06, 0.065, 0.15
LEAST_FOR_FIFTH = 100
#: Features that a family needs, and those that are taken of it, at equal steps.
LEAST_OF_FAMILY, _MOST_OF_FAMILY, _MOST_OF_UNKNOWN = 8, 64, 384


class CopyDistance:
    """Distances of pairs of rows.

    Parameters
    ----------
    scaled : ndarray of shape (n_rows, n_features)
        Features by median and interquartile range, NaN where undefined.
    names : sequence of str
        Of the features.
    speaker : ndarray of int, shape (n_rows,)
    least : int
        Features that two rows must share.
    """

    def __init__(self, scaled: np.ndarray, names: Sequence[str], speaker: np.ndarray, least: int):
        known = all_features()
        family = np.array([known[name].family if name in known else "" for name in names], dtype=object)
        taken = np.concatenate([_some(np.flatnonzero(family == one), one == "") for one in dict.fromkeys(family)])
        self._scaled, self._family = scaled[:, taken], family[taken]
        self._speaker, self._least = speaker, least

    def of(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Distance of each pair of row positions; infinite where too few features are defined in both rows."""
        difference = np.abs(self._scaled[one] - self._scaled[other])
        shared = np.isfinite(difference).sum(axis=1)
        difference.sort(axis=1)  # NaN last
        median = _quantile(difference, shared, 0.5)
        fifth = np.where(shared >= LEAST_FOR_FIFTH, _quantile(difference, shared, 0.2), np.inf)
        across = np.minimum(median / MEDIAN, np.minimum(fifth / FIFTH, self._two_families(one, other) / TWO_FAMILIES))
        within = median / MEDIAN_WITHIN_SPEAKER
        distance = np.where(self._speaker[one] == self._speaker[other], within, across)
        return np.where(shared >= self._least, distance, np.inf)

    def _two_families(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Mean of the medians of the two nearest families; infinite where there are not two."""
        medians = [np.full(len(one), np.inf)] * 2
        for name in dict.fromkeys(self._family[self._family != ""]):
            own = self._family == name
            difference = np.abs(self._scaled[np.ix_(one, own)] - self._scaled[np.ix_(other, own)])
            shared = np.isfinite(difference).sum(axis=1)
            difference.sort(axis=1)
            medians.append(np.where(shared >= LEAST_OF_FAMILY, _quantile(difference, shared, 0.5), np.inf))
        return np.sort(medians, axis=0)[:2].mean(axis=0)


def _quantile(ordered: np.ndarray, n_defined: np.ndarray, share: float) -> np.ndarray:
    place = np.round(share * np.maximum(n_defined - 1, 0)).astype(int)
    found = ordered[np.arange(len(ordered)), place]
    return np.where(n_defined > 0, found, np.inf)


def _some(columns: np.ndarray, unknown: bool) -> np.ndarray:
    """As many columns of one family as are taken; more of those whose family nobody knows."""
    most = min(columns.size, _MOST_OF_UNKNOWN if unknown else _MOST_OF_FAMILY)
    return columns[np.unique(np.linspace(0, columns.size - 1, most).astype(int))]
