"""Copies that only their files betray: another file of the same name and length, such as a noisy copy in a folder.

Noise, another codec or another room can change all features so much that :mod:`.duplicates` finds no copy. Files of two
speakers may have the same name by chance (``001.wav``), and the same length, too, but not many of them.
"""

from itertools import combinations
from pathlib import PurePosixPath

import numpy as np

from .finding import SHOWN, WARNING, Finding
from .material import Material

CHECK = "file names"
#: Largest difference of the lengths of a recording and its copy in s; resampling changes a length by a sample.
_TOLERANCE_S = 0.001
#: Smallest number of pairs, and largest probability of as many by chance, for which they are reported.
_LEAST, _LARGEST_P = 3, 1e-6
#: Largest number of files of one name that are compared with each other.
_MOST_OF_ONE_NAME = 100


def find(material: Material) -> list[Finding]:
    """Find pairs of clips in different files of the same name and length that a fold divides."""
    one, other = _of_one_name(material)
    if len(one) < _LEAST:
        return []
    place = material.frame[["start", "end"]].to_numpy(dtype=float)
    alike = (np.abs(place[one] - place[other]) <= _TOLERANCE_S).all(axis=1)
    if alike.sum() < _LEAST or _by_chance(int(alike.sum()), len(one), place) > _LARGEST_P:
        return []
    values = material.values
    identical = ((values[one] == values[other]) | (np.isnan(values[one]) & np.isnan(values[other]))).all(axis=1)
    found = np.flatnonzero(alike & ~identical)  # identical rows are found by the check of duplicates
    if not found.size:
        return []
    names = material.clip_names
    pairs = [[names[one[k]], names[other[k]]] for k in found]
    sentence = (
        f"{len(pairs)} pairs of clips have the same file name and the same length in two places, and a fold trains on "
        f"one and tests the other (e.g. {' and '.join(pairs[0])})."
    )
    effect = (
        "If they are copies of the same recordings (with noise, compressed, or from another microphone), the model has "
        "the answer to test clips among its training clips, and the score is too high. Remove the copies, or give "
        "each copy the speaker and the corpus of its original."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"n_pairs": len(pairs), "pairs": pairs[:SHOWN]})]


def _of_one_name(material: Material) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows in different files of the same name, of which a fold trains on one and tests the other."""
    frame = material.frame.reset_index(drop=True)
    stems = [PurePosixPath(file).stem.casefold() for file in frame["file"]]
    rows_of = frame.groupby(np.array(stems, dtype=object)).indices
    several = [rows for rows in rows_of.values() if 1 < len(rows) <= _MOST_OF_ONE_NAME]
    pairs = np.array([pair for rows in several for pair in combinations(rows, 2)], dtype=int).reshape(-1, 2)
    one, other = pairs[:, 0], pairs[:, 1]
    places = (frame["corpus"] + "\0" + frame["file"]).to_numpy(dtype=object)
    chosen = (places[one] != places[other]) & material.apart(one, other)
    return one[chosen], other[chosen]


def _by_chance(n_alike: int, n_pairs: int, place: np.ndarray) -> float:
    """The probability that at least `n_alike` of the pairs have the same length, if lengths are unrelated to names."""
    from scipy.stats import binom

    length = np.sort(place[:, 1] - place[:, 0])
    within = np.searchsorted(length, length + _TOLERANCE_S, "right") - np.arange(length.size) - 1
    n_all = length.size * (length.size - 1) / 2
    return float(binom.sf(n_alike - 1, n_pairs, min(within.sum() / n_all, 1.0)))
