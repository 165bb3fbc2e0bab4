"""The same recording twice: identical rows, rows nearer than two recordings ever are, overlapping stretches.

How far rows are apart, and how far copies may be, stands in :mod:`.copy_distance`. What that finds under another
speaker's name, and that it finds nothing else, is measured by ``python benchmarks/near_duplicates.py``.

Not found are copies that were changed so much that no feature family is left as it was: about half of those with noise
at 20 dB, of those that lack half a second at either end, the ones where that is a fourth of the clip or more, and those
whose pitch or tempo was changed. In a table of fewer than `LEAST_FEATURES` features only identical rows are found; of
features that the catalogue does not know, only copies that are near in the median or in the lower fifth.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np

from .copy_distance import MEDIAN_WITHIN_SPEAKER, CopyDistance
from .finding import ERROR, NOTE, SEVERITIES, SHOWN, WARNING, Finding
from .material import Material

CHECK = "duplicates"
#: With fewer features, rows are near each other by chance: of 40 independent ones, once in 10 billion pairs.
LEAST_FEATURES = 40
#: Features whose values are mostly different; with fewer of them identical rows may be chance.
LEAST_DISTINCT = 3
# The search: features taken, frequency of the cosines, least mean cosine (see _candidates), rows at once.
_SEARCHED, _FREQUENCY, _LEAST_COSINE, _ROWS = 256, 3.0, 0.35, 1024
# Neighbours of each row that are looked at more closely, in tables of so many rows: beyond, it takes too long.
_NEIGHBOURS, _MOST_ROWS_FOR_NEIGHBOURS = 8, 20_000
# Of more rows fewer features are searched, but never fewer than this.
_MANY_ROWS, _LEAST_SEARCHED = 20_000, 64


def find(material: Material) -> list[Finding]:
    """Pairs of rows that are one recording; an error if a fold trains on one and tests the other."""
    groups = identical_rows(material)
    pairs = [(i, j, 0.0) for rows in groups for i in rows[:1] for j in rows[1:]]
    copies = {j for rows in groups for j in rows[1:]}
    pairs += [(i, j, distance) for i, j, distance in near_pairs(material) if not {i, j} & copies]
    findings = _overlapping(material, {(i, j) for i, j, _ in pairs})
    if not pairs:
        return findings
    one, other = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    apart, sure = material.apart(one, other), _surely(material, one, other)
    for chosen, severity in ((~apart, NOTE), (apart & ~sure, WARNING), (apart & sure, ERROR)):
        if chosen.any():
            nearest = sorted((pairs[i] for i in np.flatnonzero(chosen)), key=lambda pair: pair[2])
            findings.insert(0, _finding(material, nearest, severity))
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _surely(material: Material, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which pairs are alike in half of all features; voices of one synthesiser can be alike in some of them."""
    difference = np.abs(material.scaled[one] - material.scaled[other])
    defined = np.isfinite(difference).any(axis=1)
    difference[~defined] = np.inf
    return np.nanmedian(difference, axis=1) <= MEDIAN_WITHIN_SPEAKER


def _finding(material: Material, pairs: list[tuple[int, int, float]], severity: str) -> Finding:
    files = material.frame["file"].to_numpy()
    n_identical = sum(np.array_equal(material.values[i], material.values[j], equal_nan=True) for i, j, _ in pairs)
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
    what = f"{count} of clips {looks} like one recording twice ({n_identical} identical in all features, e.g. {first})"
    if severity == WARNING:
        effect = (
            "They are alike in some of their features, as a copy is to which noise was added, or which was cut or "
            "limited to a narrow band. If they are copies, the model has the answer to a test clip among its training "
            "clips. Listen to both, and remove one if they are one recording."
        )
        return Finding(WARNING, CHECK, f"{what}, and a fold trains on one and tests the other.", effect, evidence)
    if severity == ERROR:
        effect = (
            "The model has the answer to a test clip among its training clips. The score is too high by up to the "
            f"share of such clips, {len({j for pair in pairs for j in pair[:2]}) / len(files):.1%}. Remove one of each."
        )
        return Finding(ERROR, CHECK, f"{what}, and a fold trains on one and tests the other.", effect, evidence)
    effect = "Never on both sides of a fold, so no leak: they only count twice. Remove one of each, or say so."
    return Finding(NOTE, CHECK, f"{what}, each pair always on one side of a fold.", effect, evidence)


def identical_rows(material: Material) -> list[list[int]]:
    """Groups of rows that agree in every feature."""
    telling = material.n_distinct > material.n_finite / 4  # a table that is there twice has half
    telling &= material.n_finite > 2
    if telling.sum() < LEAST_DISTINCT:
        return []
    groups = defaultdict(list)
    enough = np.isfinite(material.values[:, telling]).sum(axis=1) >= LEAST_DISTINCT
    for i in np.flatnonzero(enough):
        groups[(material.values[i] + 0.0).tobytes()].append(int(i))  # + 0.0: -0.0 is 0.0
    return [rows for rows in groups.values() if len(rows) > 1]


def near_pairs(material: Material) -> list[tuple[int, int, float]]:
    """Pairs of rows that are no farther apart than copies are, identical ones among them."""
    # Of values that repeat, a count for instance, two recordings have the same by chance.
    continuous = material.n_distinct[material.varying] > material.n_finite[material.varying] / 4
    scaled = material.scaled[:, continuous]
    if scaled.shape[1] < LEAST_FEATURES:
        return []
    names = [material.features[i] for i in material.varying[continuous]]
    distance = CopyDistance(scaled, names, material.speaker, LEAST_FEATURES)
    found: dict[tuple[int, int], float] = {}
    for one, other in _candidates(scaled, material.speaker):
        apart = distance.of(one, other)
        found |= {(int(one[k]), int(other[k])): float(apart[k]) for k in np.flatnonzero(apart <= 1)}
    return _nearest_of_speakers(found, material.speaker)


def _nearest_of_speakers(found: dict[tuple[int, int], float], speaker: np.ndarray) -> list[tuple[int, int, float]]:
    """Without pairs of two speakers of which a row has a nearer one: the original, where this is a like sentence."""
    nearest: dict[tuple[int, int], float] = {}
    for (i, j), apart in found.items():
        for place in ((i, speaker[j]), (j, speaker[i])):
            nearest[place] = min(apart, nearest.get(place, np.inf))
    return [
        (i, j, apart)
        for (i, j), apart in found.items()
        if speaker[i] == speaker[j] or apart <= min(nearest[i, speaker[j]], nearest[j, speaker[i]])
    ]


def _candidates(scaled: np.ndarray, speaker: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs worth a closer look, block by block.

    The mean over features of ``cos(3 * difference)`` is a matrix product. It is near 1 for a copy, whatever the few
    features do in which it differs, and near 0 for two recordings. Looked at are pairs of `_LEAST_COSINE` or more,
    which all copies have that are near in the median, and for copies that were changed more the `_NEIGHBOURS` rows of
    other speakers that are most like each row. There are as many products as pairs of rows, so that of
    very many rows fewer features are compared here; a copy that is changed much may then be passed over.
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
        agreement[np.tril_indices(len(agreement))] = -1  # each pair once, by its first row
        one, other = np.divmod(np.flatnonzero(agreement >= _LEAST_COSINE), agreement.shape[1])
        if one.size > 20 * n_rows:  # a table of copies: the nearest tell enough
            best = np.argsort(-agreement[one, other], kind="stable")[: 20 * n_rows]
            one, other = one[best], other[best]
        if n_rows <= _MOST_ROWS_FOR_NEIGHBOURS:
            near, neighbour = _neighbours(agreement, speaker[first:])
            one, other = np.append(one, near), np.append(other, neighbour)
        for part in range(0, one.size, 4096):
            yield one[part : part + 4096] + first, other[part : part + 4096] + first


def _neighbours(agreement: np.ndarray, speaker: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row of a block (the first of `speaker`), those after it by others that agree most with it."""
    others = np.where(speaker[None, :] == speaker[: len(agreement), None], -1, agreement)
    n_taken = min(_NEIGHBOURS, others.shape[1])
    neighbour = np.argpartition(-others, n_taken - 1, axis=1)[:, :n_taken]
    row = np.repeat(np.arange(len(others)), n_taken)
    wanted = others[row, neighbour.ravel()] > -1
    return row[wanted], neighbour.ravel()[wanted]


def _overlapping(material: Material, known: Collection[tuple[int, int]]) -> list[Finding]:
    """Rows that name overlapping stretches of one file and are on both sides of a fold."""
    frame = material.frame
    place = frame.assign(end=frame["end"].fillna(np.inf), start=frame["start"].fillna(0.0))
    place = place.sort_values(["corpus", "file", "start", "end"], kind="stable")
    following = place.shift(-1)
    same = (place[["corpus", "file"]] == following[["corpus", "file"]]).all(axis=1)
    same &= following["start"] < place["end"]
    first, order = np.flatnonzero(same), place.index.to_numpy()
    one, other = order[first], order[first + 1]
    unknown = np.array([(min(i, j), max(i, j)) not in known for i, j in zip(one, other, strict=True)], dtype=bool)
    found = unknown & material.apart(one, other)
    if not found.any():
        return []
    files = frame["file"].to_numpy()[one[found]]
    sentence = (
        f"{found.sum()} pairs of rows name the same stretch of one file, and a fold trains on one and tests the "
        f"other (e.g. {files[0]})."
    )
    effect = (
        "If it is the same sound, the score is too high. If these are different recordings of one file name, "
        "write the folder into the column 'file'."
    )
    evidence = {"n_pairs": int(found.sum()), "files": list(dict.fromkeys(files.tolist()))[:SHOWN]}
    return [Finding(WARNING, CHECK, sentence, effect, evidence)]
