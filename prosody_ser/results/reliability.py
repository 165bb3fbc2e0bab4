"""The bins of a reliability curve, and how far each can be believed.

References
----------
Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22(158), 209-212.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

#: Of fewer clips a share is known to no more than 0.2 up or down: too few to judge a bin by.
FEW = 20
#: Standard deviations of a normal distribution that hold 95 % of it.
_Z = 1.959964


class Bin(NamedTuple):
    """What happened to the predictions of one range of confidence."""

    low: float
    high: float
    n: int  #: predictions
    mean_confidence: float
    accuracy: float
    interval: tuple[float, float]  #: 95 %, of the accuracy
    few: bool  #: whether it holds fewer than :data:`FEW` clips


def reliability_bins(data: Mapping[str, Any]) -> list[Bin]:
    """The bins of a result that hold predictions.

    Where the evaluation was repeated, the same clips were predicted again: only their number counts, not that of the
    predictions.

    Parameters
    ----------
    data : dict
        The content of a result, its ``calibration`` not null.

    Returns
    -------
    list of Bin
    """
    repeats = data["protocol"].get("n_repeats") or 1
    found = []
    for row in data["calibration"]["bins"]:
        if row["n"] and row["mean_confidence"] is not None and row["accuracy"] is not None:
            n_clips = row["n"] / repeats
            ends = wilson_interval(row["accuracy"], n_clips)
            found.append(Bin(**{name: row[name] for name in Bin._fields[:5]}, interval=ends, few=n_clips < FEW))
    return found


def wilson_interval(share: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share that was found among `n` independent cases (Wilson 1927)."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
