"""Combinations of models, balancing and tracks: a third in every run, all in thorough ones (``--thorough``).

The third is a Latin square's: every value of an axis meets a third of each other's.
"""

from itertools import product

import pytest

#: One combination in so many is run each time.
SHARE = 3


def crossed(*axes, allowed=lambda *values: True):
    """Every combination of the axes that is allowed, as ``pytest.param``."""
    axes = [list(axis) for axis in axes]
    return [
        pytest.param(*values, marks=[] if _turn(axes, values) == 0 else pytest.mark.thorough)
        for values in product(*axes)
        if allowed(*values)
    ]


def _turn(axes, values):
    return sum(axis.index(value) for axis, value in zip(axes, values, strict=True)) % SHARE
