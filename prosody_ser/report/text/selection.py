"""Which features the folds chose, and how far they agree, as plain text."""

import textwrap
from typing import Any

from ...errors import listed

_WIDTH = 110
_SHOWN = 25


def selection_text(data: dict[str, Any]) -> str:
    """Of a result with ``selection``: how many features, how stable the choice, and those that every fold took."""
    selection = data["selection"]
    features = selection["features"]
    stability = selection["stability"]
    said = "undefined" if stability is None else f"{stability:.3f}"
    always = [row["feature"] for row in features if row["share_of_folds"] == 1]
    lines = [
        f"selection: {selection['method']}",
        f"  {selection['n_features_mean']:.1f} of {data['protocol']['n_features']} features a fold; stability {said} "
        f"by {selection['stability_measure']}: 1 the same in every fold, 0 as if drawn at random",
        *textwrap.wrap(
            f"in every fold, {len(always)}: {listed(always, _SHOWN) or 'none'}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
        ),
        f"  in some folds only: {len(features) - len(always)}",
    ]
    return "\n".join(lines)
