"""Parts that not every result of an evaluation has."""

from collections.abc import Mapping
from typing import Any

from ..errors import ProsodySerError

#: The end of the message where a part is missing: what the result lacks, and how to make it.
_MISSING = {
    "calibration": "reliability curve; make one with 'prosody-ser cv --calibrate'",
    "learning": "learning curve; make one with 'prosody-ser cv --learning-curve'",
    "training": "training loss; only models that are trained in epochs have one, such as mlp",
}


def optional_part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of a result that not every result has.

    Parameters
    ----------
    data : dict
        The content of a result (``Result.data``).
    name : {"calibration", "learning", "training"}

    Raises
    ------
    ProsodySerError
        If the result does not have it. The message says how to make it.
    """
    part: Mapping[str, Any] | None = data.get(name)
    if not part:
        raise ProsodySerError(f"this result has no {_MISSING[name]}")
    return part
