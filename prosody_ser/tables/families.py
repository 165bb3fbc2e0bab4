"""Which rows come from one recording: a clip and its augmented copies."""

import numpy as np
import pandas as pd

#: The `variant` of a recording as it was made.
ORIGINAL = "original"


def is_augmented(frame: pd.DataFrame) -> np.ndarray:
    """Whether each row is an augmented copy: its columns `variant` and `parent` say so."""
    return ((frame["variant"] != ORIGINAL) | (frame["parent"] != "")).to_numpy()


def families_of(frame: pd.DataFrame, *, whole_files: bool = False) -> np.ndarray:
    """A number for each row, the same for a clip and all that was made from it.

    A family is known by corpus, file of origin (`parent`, or the file itself) and start of the stretch; the start is
    ignored where the original file has a single one, as a copy in a file of its own starts at 0; and with
    `whole_files`, where a row is no clip but a frame of one.
    """
    if not is_augmented(frame).any():
        return np.arange(len(frame))
    root = frame["parent"].where(frame["parent"] != "", frame["file"])
    start = frame["start"].fillna(0.0) * (not whole_files)
    own = start.where(frame["file"] == root)
    single = own.groupby([frame["corpus"], root]).transform("nunique") <= 1
    return start.mask(single, 0.0).groupby([frame["corpus"], root, start.mask(single, 0.0)]).ngroup().to_numpy()
