"""Why an evaluation does not use some rows of a table, in words."""

from collections.abc import Mapping

from ..errors import counted
from .feature_table import SONG, STATUSES

#: End of the reason for the clips of an emotion that only some of several corpora have.
NOT_IN_ALL_CORPORA = ", not in all corpora"
_CLAUSES = {
    "speaker unknown": "the speaker is unknown",
    "no emotion label": "the emotion is not labelled",
    SONG: "the clip is sung, while others are spoken",
}


def left_out_text(left_out: Mapping[str, int]) -> str:
    """Format :attr:`FeatureTable.left_out`: ``14 rows because the speaker is unknown; 1 row because ...``."""
    return "; ".join(f"{counted(n, 'row')} because {_clause(reason)}" for reason, n in left_out.items())


def _clause(reason: str) -> str:
    if reason in _CLAUSES:
        return _CLAUSES[reason]
    if reason.endswith(NOT_IN_ALL_CORPORA):
        return f"not all corpora have the emotion {reason.removesuffix(NOT_IN_ALL_CORPORA)}"
    if reason.startswith("augmented"):
        return f"the clip is {'an ' if reason.startswith('augmented copy') else ''}{reason}"
    meaning = f": {STATUSES[reason]}" if reason in STATUSES else ""
    return f"the clip could not be measured ({reason}{meaning})"
