"""Duplicate recordings: identical rows, rows nearer than two different recordings are, and overlapping segments.

:mod:`.copy_distance` defines the distance of rows and the limit for copies. ``python benchmarks/near_duplicates.py``
measures which copies under another speaker's name are detected, and that there are no false alarms.

Copies that were changed so much that all feature families differ are not detected here: about half of the copies with
noise at 20 dB; copies that lack half a second at either end, if that is at least a fourth of the clip; and copies whose
pitch or tempo was changed. (:mod:`.same_names` detects copies by the names of their files.) In a table with fewer than
`LEAST_FEATURES` features only identical rows are detected. With features that are not in the catalogue, only copies
that are near in the median or the lower quintile are detected.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from ..finding import ERROR, NOTE, SEVERITIES, SHOWN, WARNING, Finding
from ..material import Material
from .copy_distance import MEDIAN_WITHIN_SPEAKER, CopyDistance

CHECK = "duplicates"
#: With fewer features, rows may be near each other by chance; with 40 independent ones, once in 10 billion pairs.
LEAST_FEATURES = 40
#: Smallest number of features whose values are mostly different; with fewer, rows may be identical by chance.
LEAST_DISTINCT = 3
# The search: number of features, frequency of the cosines, least mean cosine (see _candidates), rows per block.
_SEARCHED, _FREQUENCY, _LEAST_COSINE, _ROWS = 256, 3.0, 0.35, 1024
# Number of neighbours of each row that are examined, and the largest number of rows for which this is fast enough.
_NEIGHBOURS, _MOST_ROWS_FOR_NEIGHBOURS = 8, 20_000
# With more rows than this, fewer features are searched, but not fewer than the second number.
_MANY_ROWS, _LEAST_SEARCHED = 20_000, 64
#: Largest number of later rows of the same file with which a segment is compared.
_MOST_LATER = 50


def find(material: Material) -> list[Finding]:
    """Find pairs of rows that are the same recording; an error if a fold trains on one row and tests the other."""
    groups = identical_rows(material)
    pairs = [(i, j, 0.0) for rows in groups for i in rows[:1] for j in rows[1:]]
    copies = {j for rows in groups for j in rows[1:]}
    pairs += [(i, j, distance) for i, j, distance in near_pairs(material) if not {i, j} & copies]
    known = {(i, j) for i, j, _ in pairs}
    findings = [*_overlapping(material, known), *_measured_twice(material, known)]
    if not pairs:
        return findings
    one, other = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    apart, sure = material.apart(one, other), _surely(material, one, other)
    repeated = ~apart & _repeated(material, one, other)
    if repeated.any():
        findings.insert(0, _repetition(material, other[repeated]))
    for chosen, severity in ((~apart & ~repeated, NOTE), (apart & ~sure, WARNING), (apart & sure, ERROR)):
        if chosen.any():
            nearest = sorted((pairs[i] for i in np.flatnonzero(chosen)), key=lambda pair: pair[2])
            findings.insert(0, _finding(material, nearest, severity))
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _surely(material: Material, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which pairs agree in half of all features; two voices of a synthesiser may agree in some of them."""
    difference = np.abs(material.scaled[one] - material.scaled[other])
    defined = np.isfinite(difference).any(axis=1)
    difference[~defined] = np.inf
    return np.nanmedian(difference, axis=1) <= MEDIAN_WITHIN_SPEAKER


def _repeated(material: Material, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which pairs are the same part of the same file, with the same values."""
    place = material.frame[["corpus", "file", "start", "end"]]
    first, second = (place.iloc[rows].reset_index(drop=True) for rows in (one, other))
    same = ((first == second) | (first.isna() & second.isna())).all(axis=1).to_numpy()
    return same & material.identical(one, other)


def _repetition(material: Material, rows: np.ndarray) -> Finding:
    files = material.frame["file"].to_numpy()[np.unique(rows)].tolist()
    count, repeats = ("A row", "repeats") if len(files) == 1 else (f"{len(files)} rows", "repeat")
    sentence = f"{count} of the table {repeats} an earlier row: the same file with the same values (e.g. {files[0]})."
    effect = (
        "No leak, because no such pair is on both sides of a fold; but these clips count more than once, in training "
        "and in the score. Remove the repeated rows from the table."
    )
    return Finding(WARNING, CHECK, sentence, effect, {"n_rows": len(files), "files": files[:SHOWN]})


def _finding(material: Material, pairs: list[tuple[int, int, float]], severity: str) -> Finding:
    files = material.clip_names
    n_identical = int(material.identical(*(np.array([pair[k] for pair in pairs]) for k in (0, 1))).sum())
    conflicting = sum(material.label[i] != material.label[j] for i, j, _ in pairs)
    first = f"{files[pairs[0][0]]} and {files[pairs[0][1]]}"
    evidence = {
        "n_pairs": len(pairs),
        "n_identical": n_identical,
        "n_with_other_label": int(conflicting),
        "distance_allowed": 1.0,
        "pairs": [[str(files[i]), str(files[j]), round(float(d), 4)] for i, j, d in pairs[:SHOWN]],
    }
    count, looks = ("a pair", "looks") if len(pairs) == 1 else (f"{len(pairs)} pairs", "look")
    what = f"{count} of clips {looks} like the same recording ({n_identical} identical in all features, e.g. {first})"
    if severity == WARNING:
        effect = (
            "The clips agree in some of their features, like a copy with added noise, a cut, or a narrow band. If they "
            "are copies, the model has the answer to a test clip among its training clips. Listen to both clips, and "
            "remove one if they are the same recording."
        )
        return Finding(WARNING, CHECK, f"{what}, and a fold trains on one and tests the other.", effect, evidence)
    if severity == ERROR:
        effect = (
            "The model has the answer to a test clip among its training clips. The score is too high by up to the "
            f"share of such clips, {len({j for pair in pairs for j in pair[:2]}) / len(files):.1%}. Remove one clip of "
            "each pair."
        )
        return Finding(ERROR, CHECK, f"{what}, and a fold trains on one and tests the other.", effect, evidence)
    effect = (
        "No leak, because no pair is on both sides of a fold; but such clips count twice. Remove one clip of each "
        "pair, or report the duplicates."
    )
    return Finding(NOTE, CHECK, f"{what}, each pair always on one side of a fold.", effect, evidence)


def identical_rows(material: Material) -> list[list[int]]:
    """Groups of rows that are equal in every feature."""
    telling = material.n_distinct > material.n_finite / 4  # if all rows occur twice, half of the values are distinct
    telling &= material.n_finite > 2
    if telling.sum() < LEAST_DISTINCT:
        return []
    groups = defaultdict(list)
    enough = np.isfinite(material.values[:, telling]).sum(axis=1) >= LEAST_DISTINCT
    for i in np.flatnonzero(enough):
        groups[(material.values[i] + 0.0).tobytes()].append(int(i))  # + 0.0 turns -0.0 into 0.0
    return [rows for rows in groups.values() if len(rows) > 1]


def near_pairs(material: Material) -> list[tuple[int, int, float]]:
    """Pairs of rows whose distance is that of copies, including identical rows."""
    # Features with few distinct values, such as counts, are left out: two recordings may agree in them by chance.
    continuous = material.n_distinct[material.varying] > material.n_finite[material.varying] / 4
    scaled = material.scaled[:, continuous]
    if scaled.shape[1] < LEAST_FEATURES:
        return []
    names = [material.features[i] for i in material.varying[continuous]]
    distance = CopyDistance(scaled, names, material.speaker, LEAST_FEATURES)
    pairs: dict[tuple[int, int], float] = {}
    for one, other in _candidates(scaled, material.speaker):
        apart = distance.of(one, other)
        pairs |= {(int(one[k]), int(other[k])): float(apart[k]) for k in np.flatnonzero(apart <= 1)}
    return _nearest_of_speakers(pairs, material.speaker)


def _nearest_of_speakers(pairs: dict[tuple[int, int], float], speaker: np.ndarray) -> list[tuple[int, int, float]]:
    """Drop pairs across speakers if one of the rows has a nearer partner with the other speaker.

    The nearer partner is the original; the pair itself is then only a similar utterance of the same sentence.
    """
    nearest: dict[tuple[int, int], float] = {}
    for (i, j), apart in pairs.items():
        for place in ((i, speaker[j]), (j, speaker[i])):
            nearest[place] = min(apart, nearest.get(place, np.inf))
    return [
        (i, j, apart)
        for (i, j), apart in pairs.items()
        if speaker[i] == speaker[j] or apart <= min(nearest[i, speaker[j]], nearest[j, speaker[i]])
    ]


def _candidates(scaled: np.ndarray, speaker: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pairs that are worth a closer look, block by block.

    The mean over features of ``cos(3 * difference)`` can be computed by a matrix product. It is near 1 for a copy, even
    if a few features differ, and near 0 for two different recordings. Candidates are pairs with at least
    `_LEAST_COSINE`, which includes all copies that are near in the median. For copies that were changed more, the
    candidates also include the `_NEIGHBOURS` rows of other speakers that are most similar to each row. The number of
    products grows with the number of pairs, so fewer features are compared if there are very many rows; a copy that was
    changed much may then be missed.
    """
    n_rows, n_features = scaled.shape
    searched = min(n_features, _SEARCHED, max(_LEAST_SEARCHED, int(_SEARCHED * _MANY_ROWS / n_rows)))
    taken = scaled[:, np.unique(np.linspace(0, n_features - 1, searched).astype(int))]
    angle = (_FREQUENCY * taken).astype(np.float32)
    waves = np.nan_to_num(np.hstack([np.cos(angle), np.sin(angle)]))
    defined = np.isfinite(angle).astype(np.float32)
    complete = bool(defined.all())
    for first in range(0, n_rows, _ROWS):
        block = slice(first, first + _ROWS)
        agreement = waves[block] @ waves[first:].T
        agreement /= taken.shape[1] if complete else np.maximum(defined[block] @ defined[first:].T, 1)
        agreement[np.tril_indices(len(agreement))] = -1  # each pair occurs once, at its first row
        one, other = np.divmod(np.flatnonzero(agreement >= _LEAST_COSINE), agreement.shape[1])
        if one.size > 20 * n_rows:  # if most rows are copies, the nearest pairs are enough
            best = np.argsort(-agreement[one, other], kind="stable")[: 20 * n_rows]
            one, other = one[best], other[best]
        if n_rows <= _MOST_ROWS_FOR_NEIGHBOURS:
            near, neighbour = _neighbours(agreement, speaker[first:])
            one, other = np.append(one, near), np.append(other, neighbour)
        for part in range(0, one.size, 4096):
            yield one[part : part + 4096] + first, other[part : part + 4096] + first


def _neighbours(agreement: np.ndarray, speaker: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row of a block (the first of `speaker`), the most similar later rows of other speakers."""
    others = np.where(speaker[None, :] == speaker[: len(agreement), None], -1, agreement)
    n_taken = min(_NEIGHBOURS, others.shape[1])
    neighbour = np.argpartition(-others, n_taken - 1, axis=1)[:, :n_taken]
    row = np.repeat(np.arange(len(others)), n_taken)
    wanted = others[row, neighbour.ravel()] > -1
    return row[wanted], neighbour.ravel()[wanted]


def _measured_twice(material: Material, known: Collection[tuple[int, int]]) -> list[Finding]:
    """Find rows of the same part of the same file with other values, always on one side of a fold."""
    place = material.frame[["corpus", "file", "start", "end"]]
    group = place.groupby(list(place), dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1][group]
    other = np.flatnonzero(first != np.arange(len(place)))
    one = first[other]
    twice = np.array([(i, j) not in known for i, j in zip(one, other, strict=True)], dtype=bool)
    twice &= ~material.apart(one, other)
    if not twice.any():
        return []
    files = material.frame["file"].to_numpy()[other[twice]].tolist()
    count = "A row has" if len(files) == 1 else f"{len(files)} rows have"
    sentence = f"{count} the same file, start and end as an earlier row, but other values (e.g. {files[0]})."
    effect = (
        "No leak, because no such pair is on both sides of a fold. If a clip was measured twice, as when two tables "
        "are joined, it counts twice in the score: keep one row of each clip. If these are different recordings with "
        "the same file name, include the folder in the column 'file'."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"n_rows": len(files), "files": files[:SHOWN]})]


def _sharing_time(place: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows of a file that overlap; `place` is sorted by corpus, file and start."""
    file = place.groupby(["corpus", "file"], sort=False).ngroup().to_numpy()
    start, end, order = place["start"].to_numpy(), place["end"].to_numpy(), place.index.to_numpy()
    one, other = [order[:0]], [order[:0]]
    for step in range(1, min(len(order), _MOST_LATER + 1)):
        first = np.flatnonzero((file[:-step] == file[step:]) & (start[step:] < end[:-step]))
        if not first.size:  # later rows of the file begin even later
            break
        one.append(order[first])
        other.append(order[first + step])
    return np.concatenate(one), np.concatenate(other)


def _overlapping(material: Material, known: Collection[tuple[int, int]]) -> list[Finding]:
    """Find rows that refer to overlapping segments of a file and are on both sides of a fold."""
    frame = material.frame
    place = frame.assign(end=frame["end"].fillna(np.inf), start=frame["start"].fillna(0.0))
    place = place.sort_values(["corpus", "file", "start", "end"], kind="stable")
    one, other = _sharing_time(place)
    unknown = np.array([(min(i, j), max(i, j)) not in known for i, j in zip(one, other, strict=True)], dtype=bool)
    leaking = unknown & material.apart(one, other)
    if not leaking.any():
        return []
    files = frame["file"].to_numpy()[one[leaking]]
    sentence = (
        f"{leaking.sum()} pairs of rows refer to overlapping segments of the same file, and a fold trains on one and "
        f"tests the other (e.g. {files[0]})."
    )
    effect = (
        "If it is the same sound, the score is too high. If these are different recordings with the same file name, "
        "include the folder in the column 'file'."
    )
    evidence = {"n_pairs": int(leaking.sum()), "files": list(dict.fromkeys(files.tolist()))[:SHOWN]}
    return [Finding(WARNING, CHECK, sentence, effect, evidence)]
