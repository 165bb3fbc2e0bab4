"""Checks that two tables, or two results, have the same clips with the same labels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from ...errors import ProtocolError
from ...tables.feature_table import FeatureTable

#: Largest difference, in s, between the ends of the same clip in two tables, because programs may round differently.
TOLERANCE_S = 0.01


def refuse_other_clips(one: Mapping[tuple, str], other: Mapping[tuple, str], one_name: str, other_name: str) -> None:
    """Raise a ProtocolError unless both have the same clips with the same labels.

    The key of a clip is (file, start, end, ..., speaker).
    """
    both = f"{one_name} and {other_name}"
    for mine, theirs, name in ((one, other, one_name), (other, one, other_name)):
        only = sorted(set(mine) - set(theirs), key=str)
        if only:
            file, *_, speaker = only[0]
            hint = (
                "The files are the same, but start or end differ"
                if _without_times(one) == _without_times(other)
                else "Evaluate both on the clips that both have: remove the rows of all others from the tables"
            )
            n_same, n_theirs = len(set(mine) & set(theirs)), len(set(theirs) - set(mine))
            theirs_name = other_name if name == one_name else one_name
            raise ProtocolError(
                f"{both}: different clips ({len(only)} only in {name}, e.g. {file}, speaker {speaker}; {n_theirs} only "
                f"in {theirs_name}; {n_same} in both). {hint}"
            )
    for key, label in other.items():
        if one[key] != label:
            raise ProtocolError(
                f"{both}: different labels ({key[0]} is {one[key]} in {one_name}, {label} in {other_name})"
            )


def _without_times(keys: Iterable[tuple]) -> list[tuple]:
    """The keys of clips (file, start, end, ..., speaker) without start and end, sorted."""
    return sorted(((file, *others) for file, _, _, *others in keys), key=str)


def with_times_of(first: FeatureTable, table: FeatureTable) -> FeatureTable:
    """Give a table's clips the start and end that the same clips have in the first table.

    Clips are the same if they agree in file, variant, corpus and speaker, and if start and end differ by at most
    :data:`TOLERANCE_S` or are unknown in one of the tables. Clips that match none in the first table, or several, keep
    their times.
    """
    known = defaultdict(list)
    for key, times in _clips_of(first.frame):
        known[key].append(times)
    aligned, changed = [], False
    for key, times in _clips_of(table.frame):
        like = [others for others in known[key] if all(map(_near, times, others))]
        aligned.append(like[0] if len(like) == 1 else times)
        changed |= aligned[-1] != times
    if not changed:
        return table
    starts, ends = zip(*aligned, strict=True)
    return replace(table, frame=table.frame.assign(start=starts, end=ends))


def _clips_of(frame: pd.DataFrame) -> list[tuple[tuple, tuple[float, float]]]:
    keys = zip(*(frame[column].astype(str) for column in ("file", "variant", "corpus", "speaker")), strict=True)
    return list(zip(keys, zip(frame["start"], frame["end"], strict=True), strict=True))


def _near(one: float, other: float) -> bool:
    return one != one or other != other or abs(one - other) <= TOLERANCE_S
