"""Copies that only their files betray: another file of the same name and length, such as a noisy copy in a folder.

Noise, another codec or another room can change all features so much that :mod:`.duplicates` finds no copy. Files of two
speakers may have the same name by chance (``001.wav``), and the same length, too, but not many of them.

If lengths are unknown or were changed, the features decide: whether, of all clips of the other speaker, the most
similar one is nearly always the one of the same name. ``python benchmarks/same_names.py`` measures how often this holds
for copies with strong noise, and for two speakers' recordings of the same sentence with the same emotion. A name may
have one word more than the other, as in ``001_noisy.wav``.
"""

from itertools import combinations
from pathlib import PurePosixPath

import numpy as np

from ..finding import SHOWN, WARNING, Finding
from ..material import Material
from ..names import without_words_at_an_end

CHECK = "file names"
#: Largest difference of the lengths of a recording and its copy in s; resampling changes a length by a sample.
_TOLERANCE_S = 0.001
#: Smallest number of pairs, and largest probability of as many by chance, for which they are reported.
_LEAST, _LARGEST_P = 3, 1e-6
#: Largest number of files of one name that are compared with each other.
_MOST_OF_ONE_NAME = 100
#: Smallest number of pairs of two speakers, and the share of them in which the same name must be most similar.
_LEAST_OF_SPEAKERS, _MOST_SIMILAR = 10, 0.7
#: Largest numbers of pairs of two speakers and of features that are compared, and smallest number of features.
_PAIRS, _FEATURES, _LEAST_FEATURES = 20, 64, 5
_EFFECT = (
    "If they are copies of the same recordings (with noise, compressed, or from another microphone), the model has "
    "the answer to test clips among its training clips, and the score is too high. Remove the copies, or give "
    "each copy the speaker and the corpus of its original."
)


def find(material: Material) -> list[Finding]:
    """Find pairs of clips in different files of the same name and length that a fold divides."""
    one, other = _of_one_name(material)
    identical = material.identical(one, other)
    length = _of_one_length(material, one, other)
    found, what = np.flatnonzero(length & ~identical), "have the same file name and the same length in two places"
    if not length.any():
        similar = _most_similar(material, one, other)
        found = np.flatnonzero(similar & ~identical)
        what = "have nearly the same file name in two places and are more similar than other clips"
    if not found.size:  # identical rows are found by the check of duplicates
        return []
    names = material.clip_names
    pairs = [[names[one[k]], names[other[k]]] for k in found]
    sentence = (
        f"{len(pairs)} pairs of clips {what}, and a fold trains on one and tests the other (e.g. "
        f"{' and '.join(pairs[0])})."
    )
    return [Finding(WARNING, CHECK, sentence, _EFFECT, {"n_pairs": len(pairs), "pairs": pairs[:SHOWN]})]


def _of_one_length(material: Material, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which pairs have the same length; none if so many could have it by chance."""
    place = material.frame[["start", "end"]].to_numpy(dtype=float)
    alike = (np.abs(place[one] - place[other]) <= _TOLERANCE_S).all(axis=1)
    if alike.sum() < _LEAST or _by_chance(int(alike.sum()), len(one), place) > _LARGEST_P:
        return np.zeros(len(one), dtype=bool)
    return alike


def _most_similar(material: Material, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which pairs belong to two speakers whose clips of the same name nearly always are the most similar ones."""
    similar, speaker = np.zeros(len(one), dtype=bool), material.speaker
    if material.varying.size < _LEAST_FEATURES or not one.size:
        return similar
    centred = centred_by_speaker(material)
    of_pair = speaker[one] * len(material.speakers) + speaker[other]
    for number in np.flatnonzero(np.bincount(of_pair) >= _LEAST_OF_SPEAKERS):
        of_two = np.flatnonzero(of_pair == number)
        rows = np.flatnonzero(speaker == speaker[other[of_two[0]]])
        if rows.size >= _LEAST_OF_SPEAKERS:
            similar[of_two] = share_nearest(centred, one[of_two], other[of_two], rows) >= _MOST_SIMILAR
    return similar


def centred_by_speaker(material: Material) -> np.ndarray:
    """Some of the features, scaled and limited, minus their mean over the clips of a speaker."""
    columns = np.unique(np.linspace(0, material.varying.size - 1, _FEATURES).astype(int))
    scaled = np.clip(np.nan_to_num(material.scaled[:, columns]), -5, 5)
    mean = np.stack([scaled[material.speaker == k].mean(axis=0) for k in range(len(material.speakers))])
    return scaled - mean[material.speaker]


def share_nearest(centred: np.ndarray, one: np.ndarray, other: np.ndarray, rows: np.ndarray) -> float:
    """Share of the pairs whose second row is, of all `rows` of its speaker, the nearest to the first."""
    some = np.unique(np.linspace(0, one.size - 1, _PAIRS).astype(int))
    distance = np.abs(centred[one[some]][:, None] - centred[rows][None]).mean(axis=2)
    return float((rows[distance.argmin(axis=1)] == other[some]).mean())


def _of_one_name(material: Material) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows in different files of the same name, of which a fold trains on one and tests the other."""
    frame = material.frame.reset_index(drop=True)
    stems = [PurePosixPath(file).stem.casefold() for file in frame["file"]]
    names = set(stems)
    rows_of = frame.groupby(np.array([_shortest(stem, names) for stem in stems], dtype=object)).indices
    several = [rows for rows in rows_of.values() if 1 < len(rows) <= _MOST_OF_ONE_NAME]
    pairs = np.array([pair for rows in several for pair in combinations(rows, 2)], dtype=int).reshape(-1, 2)
    one, other = pairs[:, 0], pairs[:, 1]
    places = (frame["corpus"] + "\0" + frame["file"]).to_numpy(dtype=object)
    chosen = (places[one] != places[other]) & material.apart(one, other)
    return one[chosen], other[chosen]


def _shortest(stem: str, names: set[str]) -> str:
    """The name without its first or last word, if there is a file of this name."""
    return next((shorter for shorter, _ in without_words_at_an_end(stem) if shorter in names), stem)


def _by_chance(n_alike: int, n_pairs: int, place: np.ndarray) -> float:
    """The probability that at least `n_alike` of the pairs have the same length, if lengths are unrelated to names."""
    from scipy.stats import binom

    length = np.sort(place[:, 1] - place[:, 0])
    within = np.searchsorted(length, length + _TOLERANCE_S, "right") - np.arange(length.size) - 1
    n_all = length.size * (length.size - 1) / 2
    return float(binom.sf(n_alike - 1, n_pairs, min(within.sum() / n_all, 1.0)))
