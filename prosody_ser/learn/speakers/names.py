"""The speaker of each row of X, read from the index level named `speaker`."""

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, counted

SPEAKER_LEVEL = "speaker"
#: A whole number, possibly after the name of a corpus, that pandas or a spreadsheet wrote with decimals: ``3.0``.
WHOLE_NUMBER = re.compile(r"(?<![^:])(\d+)\.0+\Z", re.ASCII)


def same_in_writing(name: str) -> str:
    """Return a name without what readers cannot see: Unicode form, width, case, invisible characters, spaces.

    Examples
    --------
    >>> same_in_writing("Ann\u200b") == same_in_writing("\uff21nn ") == "ann"
    True
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    visible = "".join(character for character in plain if unicodedata.category(character) != "Cf")
    return WHOLE_NUMBER.sub(r"\1", " ".join(visible.split()))


def has_level(X: Any, level: str) -> bool:
    """Whether X has an index with a level of this name."""
    return level in (getattr(getattr(X, "index", None), "names", None) or [])


def n_rows(X: Any) -> int:
    """How many rows X has; what scikit-learn does not take as X is refused as there."""
    if isinstance(X, pd.DataFrame):
        return len(X)
    from sklearn.utils.validation import _num_samples  # takes a second to import, and most have a DataFrame

    return _num_samples(X)


def has_speakers(X: Any) -> bool:
    """Whether X's index has a level named `speaker`."""
    return has_level(X, SPEAKER_LEVEL)


def speakers_of(X: Any) -> np.ndarray:
    """Speaker of each row, from X's index.

    Raises
    ------
    ProtocolError
        If X has no speakers (it is an array, or a DataFrame whose index lost them), or the speaker of a row is missing.
    """
    if not has_speakers(X):
        raise ProtocolError(
            f"X carries no speakers: pass a DataFrame whose index has a level named {SPEAKER_LEVEL!r}, such as "
            "FeatureTable.X, and put the step that reads speakers before any step that returns arrays"
        )
    speakers = X.index.get_level_values(SPEAKER_LEVEL).to_numpy(dtype=object)
    unknown = pd.isna(speakers) | (speakers == "")
    if unknown.any():
        # Such rows would count as one additional speaker, whose clips could be on both sides of a fold.
        first = X.index[unknown.argmax()]
        raise ProtocolError(
            f"X has {counted(int(unknown.sum()), 'row')} without a speaker (the first is {first}): name the speaker, "
            "or remove such rows"
        )
    return speakers
