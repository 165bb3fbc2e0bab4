"""How far two tables of the same clips agree, feature by feature: two engines, two releases, two copies of a corpus."""

import numpy as np
import pandas as pd

from ..catalogue import all_features
from ..errors import TableError
from .feature_table import FeatureTable


def agreement(first: FeatureTable, second: FeatureTable) -> pd.DataFrame:
    """Of each feature, how far the values of two tables lie apart.

    Parameters
    ----------
    first, second : FeatureTable
        Of the same recordings in the same order, with the same features.

    Returns
    -------
    DataFrame, shape (n_features, 8)
        By feature name:

        - ``unit``;
        - ``n_clips``: that have a value in both tables; ``n_in_one``: that have one in one table only;
        - ``median``, ``largest``: of the absolute differences, in the feature's unit; NaN without a clip;
        - ``median_sd``, ``largest_sd``: the same over the standard deviation of the first table's values; NaN where
          that is 0;
        - ``clip``: the recording that differs most, empty where none does.

    Raises
    ------
    TableError
        If the tables are of other clips or other features.
    """
    if first.feature_names != second.feature_names:
        raise TableError("the tables have different features: extract both with the same --set")
    if not first.frame["file"].equals(second.frame["file"]):
        raise TableError("the tables contain different recordings: extract both from the same folder")
    names = list(first.feature_names)
    apart, spread = _apart(first, second)
    defined = [table.frame[names].notna().to_numpy() for table in (first, second)]
    known = all_features()
    # Of features without a clip in both there is no worst one.
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


def most_apart(differences: pd.DataFrame) -> list[str]:
    """Of each family of features in an :func:`agreement`, the one whose clips differ most, in standard deviations."""
    known = all_features()
    families = [known[name].family if name in known else "" for name in differences.index]
    family = pd.Series(families, index=differences.index)
    return differences["largest_sd"].fillna(-1.0).groupby(family, sort=False).idxmax().tolist()


def clips_apart(first: FeatureTable, second: FeatureTable) -> pd.DataFrame:
    """The clips, those first that differ most: ``file``, ``largest_sd`` in standard deviations, its ``feature``."""
    apart, spread = _apart(first, second)
    in_sd = (apart / spread).fillna(0.0)
    clips = pd.DataFrame(
        {"file": first.frame["file"], "largest_sd": in_sd.max(axis=1), "feature": in_sd.idxmax(axis=1)}
    )
    return clips.sort_values("largest_sd", ascending=False, kind="stable").reset_index(drop=True)


def _apart(first: FeatureTable, second: FeatureTable) -> tuple[pd.DataFrame, pd.Series]:
    """Absolute differences, and the standard deviations of the first table's values, NaN where they are 0."""
    names = list(first.feature_names)
    values = first.frame[names]
    return (values - second.frame[names]).abs(), values.std().replace(0.0, np.nan)
