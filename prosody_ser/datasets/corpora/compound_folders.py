"""Folders that are named after a speaker and an emotion, such as ``ann_happy`` or ``Actor01-sad``."""

import re
from collections import defaultdict
from collections.abc import Iterable

from ...tables.spellings import is_container
from ..emotions import is_emotion

_GAP = re.compile(r"[\s_-]+")
#: Words beside an emotion that mean another emotion, or its absence.
_NEGATIONS = frozenset({"not", "no", "non", "un", "none", "without"})


def divided(folders: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the other word and the emotion of each folder that is named after both.

    Folders are only divided if one of the other words occurs with several emotions; ``hot_anger`` and ``cold_anger``
    are emotions of their own.

    Examples
    --------
    >>> divided(["ann_happy", "ann_sad", "bob_happy", "happy"])
    {'ann_happy': ('ann', 'happy'), 'ann_sad': ('ann', 'sad'), 'bob_happy': ('bob', 'happy')}
    >>> divided(["hot_anger", "cold_anger", "happy"])
    {}
    """
    words = {folder: two for folder in folders if (two := other_and_emotion(folder))}
    emotions_of = defaultdict(set)
    for other, emotion in words.values():
        emotions_of[other].add(emotion.lower())
    return words if any(len(emotions) > 1 for emotions in emotions_of.values()) else {}


def other_and_emotion(folder: str) -> tuple[str, str] | None:
    """Divide a name into another word and the longest emotion at its end or its beginning; None if it has neither.

    Examples
    --------
    >>> other_and_emotion("YAF_pleasant_surprised"), other_and_emotion("Sad-Actor 01")
    (('YAF', 'pleasant_surprised'), ('Actor 01', 'Sad'))
    """
    if is_emotion(folder) or is_container(folder):
        return None
    halves = [(folder[: gap.start()], folder[gap.end() :]) for gap in _GAP.finditer(folder)]
    at_end = [(first, second) for first, second in halves if first and is_emotion(second)]
    at_beginning = [(second, first) for first, second in reversed(halves) if second and is_emotion(first)]
    return next((two for two in [*at_end, *at_beginning] if not _means_more(two[0])), None)


def _means_more(word: str) -> bool:
    return is_emotion(word) or word.lower() in _NEGATIONS
