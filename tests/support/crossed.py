"""Combinations of models, balancing and tracks: a share in every run, all in thorough ones (``--thorough``).

The share is a Latin square's, a sixth where the axes are long enough. Every value of the longest axis is in it.
"""

from itertools import product

import pytest

#: Of so many combinations one is run each time, where the axes are long enough; else one of fewer.
_MOST_TURNS = 6


def crossed(*axes, allowed=lambda *values: True):
    """Every combination of the axes that is allowed, as ``pytest.param``."""
    axes = [list(axis) for axis in axes]
    longest = max(range(len(axes)), key=lambda number: len(axes[number]))
    n_turns = min(_MOST_TURNS, 1 + sum(len(axis) - 1 for number, axis in enumerate(axes) if number != longest))
    combinations = [values for values in product(*axes) if allowed(*values)]
    always = [values for values in combinations if _turn(axes, values) % n_turns == 0]
    for one in axes[longest]:
        if not any(values[longest] == one for values in always):
            always += [values for values in combinations if values[longest] == one][:1]
    return [pytest.param(*values, marks=[] if values in always else pytest.mark.thorough) for values in combinations]


def _turn(axes, values):
    return sum(axis.index(value) for axis, value in zip(axes, values, strict=True))
