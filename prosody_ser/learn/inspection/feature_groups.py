"""Features that belong together: by what they measure (families), or by how they move together (clusters)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...catalogue import column
from ..speakers.names import speakers_of

#: Mean |rho| above which features are one cluster: beyond, the share of each in a model says little (Dormann et al.,
#: 2013).
THRESHOLD = 0.7
#: Family of a feature that the catalogue does not know.
NO_FAMILY = "other"


def family_of(feature: str, unknown: str = NO_FAMILY) -> str:
    """Family of a feature or a contour in the catalogue, or `unknown`."""
    known = column(feature)
    return unknown if known is None else known.family


def unit_of(feature: str) -> str:
    """Unit of a feature or a contour in the catalogue, or nothing."""
    known = column(feature)
    return "" if known is None else known.unit


def families(features: Iterable[str]) -> dict[str, list[str]]:
    """Features by family, in the order in which they come; those the catalogue does not know are `other`."""
    found: dict[str, list[str]] = {}
    for feature in features:
        found.setdefault(family_of(feature), []).append(feature)
    return dict(sorted(found.items(), key=lambda item: item[0] == NO_FAMILY))


def ranked(found: pd.DataFrame, by: str) -> pd.DataFrame:
    """Rows by a column, the largest first, and their `rank` before them."""
    found = found.sort_values(by, ascending=False, kind="stable", ignore_index=True)
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    return found


def clusters(X: pd.DataFrame, threshold: float = THRESHOLD) -> dict[str, list[str]]:
    """Features that rise and fall together within speakers.

    Average linkage on the distance ``1 - |rho|``, cut at ``1 - threshold``: clusters are joined while the mean
    ``|rho|`` between their members is at least `threshold`. rho is Spearman's within speakers: each feature is
    ranked among the clips of one speaker, and the ranks' deviations from the speaker's mean rank, divided by the
    number of clips, are correlated over all speakers. That women have higher pitch and higher formants makes no
    cluster; that both rise together in anger does. Labels are not looked at.

    Parameters
    ----------
    X : DataFrame of shape (n_clips, n_features)
        With a ``speaker`` level in its index. NaN counts as the speaker's mean rank.
    threshold : float
        From 0 (one cluster) to 1 (none).

    Returns
    -------
    dict of str to list of str
        Members by the name of the cluster, which is its most central member (largest mean ``|rho|`` with the others; of
        two equal ones the first column). The most central comes first. Clusters come in the order of X's columns. A
        feature that is constant within all speakers is a cluster of its own.

    References
    ----------
    Dormann, C. F. et al. (2013). Collinearity: a review of methods to deal with it and a simulation study evaluating
        their performance. Ecography 36(1), 27-46.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is {threshold}: take one from 0 to 1")
    names = list(X.columns)
    if len(names) < 2:
        return {name: [name] for name in names}
    rho = np.abs(_within_speaker_rho(X))
    tree = linkage(squareform(1 - rho, checks=False), method="average")
    # Rounding must not part what is identical; nor may a tie at the threshold depend on it.
    number = fcluster(tree, 1 - threshold + 1e-9, criterion="distance")
    found = {}
    for one in pd.unique(number):
        own = np.flatnonzero(number == one)
        central = np.round(rho[np.ix_(own, own)].mean(axis=1), 9)
        members = [names[i] for i in own[np.argsort(-central, kind="stable")]]
        found[members[0]] = members
    return found


def _within_speaker_rho(X: pd.DataFrame) -> np.ndarray:
    """Spearman's correlation of all pairs of columns, pooled within speakers; 0 with a column that is constant."""
    from scipy.stats import rankdata

    values, speakers = X.to_numpy(dtype=float), speakers_of(X)
    deviation = np.zeros_like(values)
    for speaker in np.unique(speakers):
        own = speakers == speaker
        ranks = rankdata(values[own], axis=0, nan_policy="omit")
        n = np.isfinite(values[own]).sum(axis=0)
        deviation[own] = np.nan_to_num((ranks - (n + 1) / 2) / np.maximum(n, 1))
    length = np.sqrt((deviation**2).sum(axis=0))
    deviation /= np.where(length > 0, length, 1)
    rho = np.clip(deviation.T @ deviation, -1, 1)
    np.fill_diagonal(rho, 1)
    return (rho + rho.T) / 2
