"""The two engines that compute contours: the same features by name, values that agree. Plain data."""

from typing import Any

from ..errors import chosen

#: Compiled code of this package; tests compare it with Praat and librosa.
FAST = "fast"
#: Commands of Praat, through parselmouth, and functions of librosa.
REFERENCE = "reference"
ENGINES = (FAST, REFERENCE)


def checked_engine(name: Any) -> str:
    """Return the name of an engine after checking it.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Raises
    ------
    ProtocolError
        If there is no such engine; the message lists them.

    Examples
    --------
    >>> checked_engine("fast")
    'fast'
    """
    return chosen("engine", name, ENGINES, " (Praat and librosa)")
