"""Selecting features of a table by name, descriptor, set or family."""

import numpy as np
import pytest

from prosody_ser import FeatureTable, load_emodb_features
from prosody_ser.catalogue import all_features, feature_set
from prosody_ser.errors import ProtocolError
from prosody_ser.tables.columns import with_features
from tests.support.tables import random_table

ALL = load_emodb_features(None)


def test_words_name_sets_descriptors_columns_and_patterns():
    assert with_features(ALL) is ALL
    assert with_features(ALL, ["prosody_v1"]).feature_names == tuple(f.name for f in feature_set("prosody_v1"))
    mfcc = with_features(ALL, ["mfcc"]).feature_names
    assert mfcc == tuple(n for n in ALL.feature_names if n.startswith("mfcc") and n[4].isdigit() and "delta" not in n)
    assert with_features(ALL, ["mfcc3"]).feature_names == tuple(n for n in mfcc if n.startswith("mfcc3_"))
    assert with_features(ALL, ["jitter_local_ratio"]).feature_names == ("jitter_local_ratio",)
    both = with_features(ALL, ["chroma*", "mel"])
    assert all(name.startswith(("chroma", "mel")) for name in both.feature_names)
    user_table = random_table()
    assert with_features(user_table, ["x1*", "x3"]).feature_names == ("x1", "x3")


def test_families_and_both_together():
    pitch = with_features(ALL, families=["pitch"])
    assert {all_features()[name].family for name in pitch.feature_names} == {"pitch"}
    assert with_features(ALL, ["f0", "mfcc"], ["pitch"]).feature_names == with_features(ALL, ["f0"]).feature_names
    with pytest.raises(ProtocolError, match="both --features and --family"):
        with_features(ALL, ["mfcc"], ["pitch"])


def test_the_rest_is_set_aside_and_values_stay():
    some = with_features(ALL, ["chroma"])
    assert set(some.feature_names) | set(some.other_columns) == set(ALL.feature_names)
    np.testing.assert_array_equal(some.X.to_numpy(), ALL.X[list(some.feature_names)].to_numpy())
    assert some.about["feature_set"] == "full_v1"
    assert with_features(ALL, ["prosody_v1"]).about["feature_set"] == "prosody_v1"


@pytest.mark.parametrize("word", ["mfccs", "full_v1", "", "x*"])
def test_what_is_not_there_is_reported(word):
    with pytest.raises(ProtocolError, match="the table"):
        with_features(ALL, [word])
    with pytest.raises(ProtocolError, match="unknown family of the table"):
        with_features(ALL, families=[word])
    bare = FeatureTable(random_table().frame, ("x0",))
    with pytest.raises(ProtocolError, match="the families of the table's features are unknown"):
        with_features(bare, families=["pitch"])
