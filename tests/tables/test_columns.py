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
    assert with_features(ALL, "prosody_v1").feature_names == with_features(ALL, ["prosody_v1"]).feature_names
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
    assert with_features(ALL, families="pitch").feature_names == pitch.feature_names
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
    with pytest.raises(ProtocolError, match=r"the table has no feature 'pitch'; it has x0$"):
        with_features(bare, ["pitch"])


SMALL = load_emodb_features()


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ("pitch", "; this is a family: choose it with --family pitch"),
        ("voice quality", "; this is a family: choose it with --family 'voice quality'"),
        ("picth", "; did you mean --family pitch?"),
        ("F0", "; did you mean f0?"),
        ("mel", ", but the feature set full_v1 has it: 'extract --set full_v1' measures it"),
        ("rasta1", ", but the feature set wide_v1 has it: 'extract --set wide_v1' measures it"),
        ("f0_p05_st", ", but the feature sets full_v1 and wide_v1 have it: 'extract --set full_v1' measures it"),
        ("zz", "; --features takes groups (alpha_ratio_voiced, centroid, cpp, f0, f1, "),
    ],
)
def test_what_to_write_instead_is_told(word, instead):
    with pytest.raises(ProtocolError) as error:
        with_features(SMALL, [word])
    assert str(error.value).startswith(f"the table has no feature {word!r}{instead}")


def test_a_set_that_is_not_there_and_a_group_among_the_families():
    with pytest.raises(
        ProtocolError, match=r"lacks .* features of full_v1, .*; 'extract --set full_v1' measures them$"
    ):
        with_features(SMALL, ["full_v1"])
    with pytest.raises(ProtocolError, match=r"'mfcc'; this is a group: choose it with --features mfcc$"):
        with_features(SMALL, families=["mfcc"])
