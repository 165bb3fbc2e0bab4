"""The bins of a reliability curve, and the uncertainty of each bin.

References
----------
Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22(158), 209-212.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from .optional_parts import optional_part

#: With fewer clips, the interval of a share is wider than 0.2 on each side, which is too wide to judge a bin.
FEW = 20
#: Half-width, in standard deviations, of the central 95 % of a normal distribution.
_Z = 1.959964


class Bin(NamedTuple):
    """The accuracy of the predictions in one range of confidence."""

    low: float
    high: float
    n: int  #: number of predictions
    mean_confidence: float
    accuracy: float
    interval: tuple[float, float]  #: 95 % interval of the accuracy
    few: bool  #: whether the bin has fewer than :data:`FEW` clips


def reliability_bins(data: Mapping[str, Any]) -> list[Bin]:
    """The bins of a result that contain predictions.

    In a repeated evaluation the same clips are predicted several times. The intervals depend on the number of clips,
    not on the number of predictions.

    Parameters
    ----------
    data : dict
        The content of a result whose ``calibration`` is not null.

    Returns
    -------
    list of Bin

    Raises
    ------
    ProsodySerError
        If the result has no ``calibration``.
    """
    repeats = data["protocol"].get("n_repeats") or 1
    bins = []
    for row in optional_part(data, "calibration")["bins"]:
        if row["n"] and row["mean_confidence"] is not None and row["accuracy"] is not None:
            n_clips = row["n"] / repeats
            ends = wilson_interval(row["accuracy"], n_clips)
            bins.append(Bin(**{name: row[name] for name in Bin._fields[:5]}, interval=ends, few=n_clips < FEW))
    return bins


def wilson_interval(share: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share that was observed in `n` independent cases (Wilson 1927)."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
