"""Compare two tables of the same clips feature by feature, for example of two engines or two releases."""

import numpy as np
import pandas as pd

from ..catalogue import all_features
from ..errors import TableError
from .feature_table import FeatureTable


def agreement(first: FeatureTable, second: FeatureTable) -> pd.DataFrame:
    """Measure for each feature how much the values of two tables differ.

    Parameters
    ----------
    first, second : FeatureTable
        Tables of the same recordings in the same order, with the same features.

    Returns
    -------
    DataFrame, shape (n_features, 8)
        Indexed by feature name:

        - ``unit``;
        - ``n_clips``: number of clips with a value in both tables; ``n_in_one``: in one table only;
        - ``median``, ``largest``: of the absolute differences, in the unit of the feature; NaN without a clip;
        - ``median_sd``, ``largest_sd``: the same, divided by the standard deviation in the first table; NaN if that
          is 0;
        - ``clip``: the recording that differs most; empty if none differs.

    Raises
    ------
    TableError
        If the tables contain different clips or features.
    """
    if first.feature_names != second.feature_names:
        raise TableError("the tables have different features: extract both with the same --set")
    if not first.frame["file"].equals(second.frame["file"]):
        raise TableError("the tables contain different recordings: extract both from the same folder")
    names = list(first.feature_names)
    apart, spread = _apart(first, second)
    defined = [table.frame[names].notna().to_numpy() for table in (first, second)]
    known = all_features()
    # A feature without a clip in both tables has no worst clip.
    worst = [int(column.argmax()) if column.max() > 0 else None for _, column in apart.fillna(-1.0).items()]
    rows = pd.DataFrame(
        {
            "unit": [known[name].unit if name in known else "" for name in names],
            "n_clips": apart.notna().sum(),
            "n_in_one": (defined[0] != defined[1]).sum(axis=0),
            "median": apart.median(),
            "largest": apart.max(),
            "median_sd": apart.median() / spread,
            "largest_sd": apart.max() / spread,
            "clip": ["" if i is None else first.frame["file"].iloc[i] for i in worst],
        }
    )
    return rows.rename_axis("feature")


def most_different(differences: pd.DataFrame) -> list[str]:
    """Return for each family in an :func:`agreement` the feature that differs most, in standard deviations."""
    known = all_features()
    families = [known[name].family if name in known else "" for name in differences.index]
    family = pd.Series(families, index=differences.index)
    return differences["largest_sd"].fillna(-1.0).groupby(family, sort=False).idxmax().tolist()


def clip_differences(first: FeatureTable, second: FeatureTable) -> pd.DataFrame:
    """Return the clips, largest difference first: ``file``, ``largest_sd`` (standard deviations), ``feature``."""
    apart, spread = _apart(first, second)
    in_sd = (apart / spread).fillna(0.0)
    clips = pd.DataFrame(
        {"file": first.frame["file"], "largest_sd": in_sd.max(axis=1), "feature": in_sd.idxmax(axis=1)}
    )
    return clips.sort_values("largest_sd", ascending=False, kind="stable").reset_index(drop=True)


def _apart(first: FeatureTable, second: FeatureTable) -> tuple[pd.DataFrame, pd.Series]:
    """Return absolute differences, and the standard deviations in the first table, NaN if they are 0."""
    names = list(first.feature_names)
    values = first.frame[names]
    return (values - second.frame[names]).abs(), values.std().replace(0.0, np.nan)
