"""The comparison of two tables with known differences."""

import dataclasses

import numpy as np
import pytest

from prosody_ser.errors import TableError
from prosody_ser.tables.agreement import agreement, clip_differences, most_different
from tests.support.tables import keep, random_table


def moved(table, **by):
    """A copy of the table with values added to some features."""
    return dataclasses.replace(table, frame=table.frame.assign(**{c: table.frame[c] + v for c, v in by.items()}))


def test_known_differences():
    table = random_table(n_rows=50)
    first, second = table.feature_names[:2]
    step = np.zeros(50)
    step[7] = -3.0
    differences = agreement(table, moved(table, **{first: 0.25, second: step}))
    assert differences.loc[first, ["median", "largest"]].tolist() == pytest.approx([0.25, 0.25])
    assert differences.loc[second, ["median", "largest"]].tolist() == pytest.approx([0.0, 3.0])
    assert differences.loc[second, "clip"] == table.frame["file"].iloc[7]
    assert differences.loc[second, "largest_sd"] == pytest.approx(3.0 / table.frame[second].std())
    rest = differences.drop([first, second])
    assert (rest["largest"] == 0).all()
    assert (rest["clip"] == "").all()
    clips = clip_differences(table, moved(table, **{second: step}))
    assert clips["file"].iloc[0] == table.frame["file"].iloc[7]
    assert clips["feature"].iloc[0] == second
    assert (clips["largest_sd"].iloc[1:] == 0).all()
    assert most_different(differences) == [differences["largest_sd"].idxmax()]


def test_values_in_one_table_only_are_counted_and_no_difference():
    table = random_table(n_rows=50)
    name = table.feature_names[0]
    holes = table.frame[name].where(np.arange(50) > 4)
    differences = agreement(table, dataclasses.replace(table, frame=table.frame.assign(**{name: holes})))
    assert differences.loc[name, ["n_clips", "n_in_one", "largest"]].tolist() == [45, 5, 0.0]


def test_other_clips_or_other_features_are_refused():
    table = random_table(n_rows=50)
    with pytest.raises(TableError, match="different recordings"):
        agreement(table, keep(table, np.arange(50) > 0))
    fewer = dataclasses.replace(table, feature_names=table.feature_names[1:])
    with pytest.raises(TableError, match="different features"):
        agreement(table, fewer)
