"""Which rows are augmented copies, and of which row each was made."""

import numpy as np
import pandas as pd

#: The `variant` of a recording as it was made.
ORIGINAL = "original"
#: In place of a row: of a copy whose original is not there, and of one that could be of several.
MISSING, SEVERAL = -1, -2
#: What a copy has of its original: told apart by it where the place does not suffice.
_FACTS = ("speaker", "emotion", "sentence", "take")


def is_augmented(frame: pd.DataFrame) -> np.ndarray:
    """Whether each row is an augmented copy: its columns `variant` and `parent` say so."""
    made_of_another = (frame["parent"] != "") & (frame["parent"] != frame["file"])
    return ((frame["variant"] != ORIGINAL) | made_of_another).to_numpy()


def root_of(frame: pd.DataFrame) -> pd.Series:
    """The file that each row comes from: `parent`, or the file itself."""
    return frame["parent"].where(frame["parent"] != "", frame["file"])


def originals_of_copies(frame: pd.DataFrame) -> np.ndarray:
    """Position of the row that each copy was made from; :data:`MISSING` for rows that are none.

    An original is known by corpus and file. Where a file has several (stretches of a long recording, two corpora of one
    name), by the start too; where several start there, by speaker, emotion, sentence and take, as far as the copy says
    them. A copy that could still be of several is of none: :data:`SEVERAL`.
    """
    original = np.full(len(frame), MISSING)
    copied = is_augmented(frame)
    place = list(zip(frame["corpus"], root_of(frame), strict=True))
    start = frame["start"].fillna(0.0).to_numpy(dtype=float)
    facts = frame[list(_FACTS)].to_numpy(dtype=object)
    at: dict[tuple, list[int]] = {}
    for row in np.flatnonzero(~copied):
        at.setdefault(place[row], []).append(int(row))
    for row in np.flatnonzero(copied):
        there = at.get(place[row], [])
        if len(there) > 1:
            there = [one for one in there if abs(start[one] - start[row]) < 1e-6]
        if len(there) > 1:
            known = facts[row] != ""
            there = [one for one in there if (facts[one][known] == facts[row][known]).all()]
        if there:
            original[row] = there[0] if len(there) == 1 else SEVERAL
    return original
