"""Find the rows that are augmented copies, and their originals."""

import numpy as np
import pandas as pd

#: The `variant` of an unchanged recording.
ORIGINAL = "original"
#: In place of a row: the original of a copy is missing, or several rows could be the original.
MISSING, SEVERAL = -1, -2
#: Columns that a copy shares with its original, to distinguish clips at the same position of a file.
_FACTS = ("speaker", "emotion", "sentence", "take")


def is_augmented(frame: pd.DataFrame) -> np.ndarray:
    """Return a mask of the rows that are augmented copies, by the columns `variant` and `parent`."""
    made_of_another = (frame["parent"] != "") & (frame["parent"] != frame["file"])
    return ((frame["variant"] != ORIGINAL) | made_of_another).to_numpy()


def root_of(frame: pd.DataFrame) -> pd.Series:
    """Return the original file of each row: `parent`, or the file itself."""
    return frame["parent"].where(frame["parent"] != "", frame["file"])


def originals_of_copies(frame: pd.DataFrame) -> np.ndarray:
    """Return the position of the original of each copy; :data:`MISSING` for rows that are not copies.

    An original is identified by corpus and file. If a file has several rows (segments of a long recording, or two
    corpora with the same name), the start must agree, too. If several rows have this start, speaker, emotion, sentence
    and take must agree, as far as the copy has them. If there are still several rows, the result is :data:`SEVERAL`.
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
