"""Colours differ without hue and for readers without red or green cones, and text on them is readable."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from prosody_ser.catalogue import all_features
from prosody_ser.colours import (
    ENOUGH,
    FAMILY_FILLS,
    FILLS,
    LESS,
    MORE,
    OTHER_FILL,
    channels,
    contrast,
    family_fill,
    fill_of,
    ink_on,
)
from prosody_ser.plots.style import ink_at

#: Machado, Oliveira & Fernandes (2009), severity 1: linear RGB as a reader without green or red cones sees it.
DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(colour, seen=None):
    """CIE L*, a*, b* (D65) of a colour, optionally as seen with a colour vision deficiency."""
    values = np.array(channels(colour)) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    if seen is not None:
        linear = np.clip(np.array(seen) @ linear, 0, 1)
    x, y, z = (TO_XYZ @ linear) / TO_XYZ.sum(axis=1)
    x, y, z = (np.cbrt(v) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_lab_is_that_of_known_colours():
    np.testing.assert_allclose(lab("#ffffff"), [100, 0, 0], atol=0.01)
    np.testing.assert_allclose(lab("#ff0000"), [53.24, 80.09, 67.20], atol=0.02)  # Lindbloom's calculator
    np.testing.assert_allclose(lab("#808080", DEUTERANOPIA), lab("#808080"), atol=0.02)  # grey stays grey


GROUPS = {"things": FILLS, "families": (*FAMILY_FILLS.values(), OTHER_FILL), "more and less": (MORE, LESS)}


@pytest.mark.parametrize("group", GROUPS)
def test_fills_are_told_apart_in_grey_and_by_colour_blind_readers(group):
    for one, other in combinations(GROUPS[group], 2):
        assert abs(lab(one.colour)[0] - lab(other.colour)[0]) >= 8.5, (one, other)
        for seen in (None, DEUTERANOPIA, PROTANOPIA):
            assert np.linalg.norm(lab(one.colour, seen) - lab(other.colour, seen)) >= 15, (one, other)


def test_neighbours_and_unhatched_fills_are_far_apart_in_grey():
    unhatched = [fill for fill in FILLS if not fill.hatch]
    for one, other in [*pairwise(FILLS), *combinations(unhatched, 2)]:
        assert abs(lab(one.colour)[0] - lab(other.colour)[0]) >= 17.5, (one, other)


def test_no_two_of_many_things_are_filled_alike():
    assert len({fill_of(i) for i in range(4 * len(FILLS))}) == 4 * len(FILLS)
    assert [fill_of(i) for i in range(len(FILLS))] == list(FILLS)


def test_text_can_be_read_on_every_fill_and_every_cell():
    for fill in (*FILLS, OTHER_FILL, MORE, LESS):
        assert contrast(ink_on(fill.colour), fill.colour) >= ENOUGH
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    for scale in ("Greys", "Blues", "RdBu_r"):
        for share in np.linspace(0, 1, 101):
            assert contrast(ink_at(scale, share), to_hex(colormaps[scale](share))) >= ENOUGH


def test_every_family_has_a_fill():
    assert set(FAMILY_FILLS) == {feature.family for feature in all_features().values()}
    assert family_fill("a family of one's own") == OTHER_FILL
