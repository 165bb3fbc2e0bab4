"""Who speaks in each row of X: read from the index level named `speaker`."""

from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, counted

SPEAKER_LEVEL = "speaker"


def has_level(X: Any, level: str) -> bool:
    """Whether X has an index, and this has a level of that name."""
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

    Refused where X carries none (an array, or a frame whose index lost them), or that of a row is unknown.
    """
    if not has_speakers(X):
        raise ProtocolError(
            f"X carries no speakers: pass a DataFrame whose index has a level named {SPEAKER_LEVEL!r} "
            "(FeatureTable.X does), and put what reads it before any step that returns arrays"
        )
    speakers = X.index.get_level_values(SPEAKER_LEVEL).to_numpy(dtype=object)
    unknown = pd.isna(speakers) | (speakers == "")
    if unknown.any():
        # each would be taken for a speaker of their own, and be on both sides of a fold
        first = X.index[unknown.argmax()]
        raise ProtocolError(
            f"X has {counted(int(unknown.sum()), 'row')} without a speaker (the first is {first}); name the speaker, "
            "or leave such rows out"
        )
    return speakers
