"""Who speaks in each row of X: read from the index level named `speaker`."""

from typing import TYPE_CHECKING

import numpy as np

from ...errors import ProtocolError

if TYPE_CHECKING:
    import pandas as pd


SPEAKER_LEVEL = "speaker"


def has_speakers(X: "pd.DataFrame") -> bool:
    """Whether X's index has a level named `speaker`."""
    return SPEAKER_LEVEL in (getattr(getattr(X, "index", None), "names", None) or [])


def speakers_of(X: "pd.DataFrame") -> np.ndarray:
    """Speaker of each row.

    Parameters
    ----------
    X : DataFrame
        Its index has a level named `speaker`.

    Returns
    -------
    ndarray of object, shape (n_rows,)

    Raises
    ------
    ProtocolError
        If X carries no speakers: an array, or a frame whose index lost them.
    """
    if not has_speakers(X):
        raise ProtocolError(
            f"X carries no speakers: pass a DataFrame whose index has a level named {SPEAKER_LEVEL!r} "
            "(FeatureTable.X does), and put what reads it before any step that returns arrays"
        )
    return X.index.get_level_values(SPEAKER_LEVEL).to_numpy(dtype=object)
