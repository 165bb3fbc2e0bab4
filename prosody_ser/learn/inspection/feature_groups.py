"""Groups of features: families, which measure the same property, and clusters, which are correlated."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...catalogue import column
from ..speakers.names import speakers_of

#: Mean |rho| from which features form a cluster; above it, the contribution of a single one to a model is not
#: meaningful (Dormann et al., 2013).
THRESHOLD = 0.7
#: Family of a feature that is not in the catalogue.
NO_FAMILY = "other"


def family_of(feature: str, unknown: str = NO_FAMILY) -> str:
    """Family of a feature or contour in the catalogue, or `unknown`."""
    known = column(feature)
    return unknown if known is None else known.family


def unit_of(feature: str) -> str:
    """Unit of a feature or contour in the catalogue, or an empty text."""
    known = column(feature)
    return "" if known is None else known.unit


def families(features: Iterable[str]) -> dict[str, list[str]]:
    """Features by family, in order of appearance; the family `other`, of unknown features, comes last."""
    by_family: dict[str, list[str]] = {}
    for feature in features:
        by_family.setdefault(family_of(feature), []).append(feature)
    return dict(sorted(by_family.items(), key=lambda item: item[0] == NO_FAMILY))


def ranked(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sort rows by a column, the largest value first, and insert their `rank` as the first column."""
    rows = rows.sort_values(by, ascending=False, kind="stable", ignore_index=True)
    rows.insert(0, "rank", np.arange(1, len(rows) + 1))
    return rows


def clusters(X: pd.DataFrame, threshold: float = THRESHOLD) -> dict[str, list[str]]:
    """Find clusters of features that are correlated within speakers.

    Average linkage is used with the distance ``1 - |rho|``, cut at ``1 - threshold``: clusters are joined as long as
    the mean ``|rho|`` between their members is at least `threshold`. rho is Spearman's correlation within speakers:
    each feature is ranked among the clips of one speaker, and the deviations of the ranks from the speaker's mean rank,
    divided by the number of clips, are correlated over all speakers. Therefore pitch and formants do not form a cluster
    because both are higher for women, but they would if both rose together in anger. Labels are not used.

    Parameters
    ----------
    X : DataFrame of shape (n_clips, n_features)
        Its index must have a level named ``speaker``. NaN counts as the speaker's mean rank.
    threshold : float
        From 0 (a single cluster) to 1 (no clusters).

    Returns
    -------
    dict of str to list of str
        Members by name of the cluster, the most central member first. The name is that of the most central member,
        which has the largest mean ``|rho|`` with the others (the first column in a tie). Clusters are in the order of
        X's columns. A feature that is constant within all speakers is a separate cluster.

    References
    ----------
    Dormann, C. F. et al. (2013). Collinearity: a review of methods to deal with it and a simulation study evaluating
        their performance. Ecography 36(1), 27-46.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if not 0 <= threshold <= 1:
        raise ValueError(f"`threshold` must be from 0 to 1 (got {threshold})")
    names = list(X.columns)
    if len(names) < 2:
        return {name: [name] for name in names}
    rho = np.abs(_within_speaker_rho(X))
    tree = linkage(squareform(1 - rho, checks=False), method="average")
    # Rounding errors must neither separate identical features nor decide a tie at the threshold.
    number = fcluster(tree, 1 - threshold + 1e-9, criterion="distance")
    by_name = {}
    for cluster in pd.unique(number):
        columns = np.flatnonzero(number == cluster)
        central = np.round(rho[np.ix_(columns, columns)].mean(axis=1), 9)
        members = [names[i] for i in columns[np.argsort(-central, kind="stable")]]
        by_name[members[0]] = members
    return by_name


def _within_speaker_rho(X: pd.DataFrame) -> np.ndarray:
    """Spearman's correlation of all pairs of columns, pooled within speakers; 0 with a constant column."""
    from scipy.stats import rankdata

    values, speakers = X.to_numpy(dtype=float), speakers_of(X)
    deviation = np.zeros_like(values)
    for speaker in np.unique(speakers):
        rows = speakers == speaker
        ranks = rankdata(values[rows], axis=0, nan_policy="omit")
        n = np.isfinite(values[rows]).sum(axis=0)
        deviation[rows] = np.nan_to_num((ranks - (n + 1) / 2) / np.maximum(n, 1))
    length = np.sqrt((deviation**2).sum(axis=0))
    deviation /= np.where(length > 0, length, 1)
    rho = np.clip(deviation.T @ deviation, -1, 1)
    np.fill_diagonal(rho, 1)
    return (rho + rho.T) / 2
