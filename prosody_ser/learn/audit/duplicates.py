"""The same recording twice: identical rows, rows nearer than two recordings ever are, overlapping stretches.

Distance of two rows: each feature is scaled by its median and interquartile range (:attr:`Material.scaled`), and the
distance is the median over features of the absolute difference. A median, because a copy may differ wildly in a few
features (all levels, after a change of gain) and hardly in the others.

Measured on EMO-DB and RAVDESS (``python benchmarks/near_duplicates.py emodb/wav ravdess``; 228,929 pairs of clips
across speakers, 28,876 within): the nearest two recordings are 0.31 apart across speakers (``prosody_v1``; 0.43 in
``full_v1``) and 0.18 (0.24) within one, a sentence spoken twice alike. Copies of 85 clips are within 0.15, the
threshold: all of those resampled (48 to 16 kHz among others), padded or trimmed, 95 % and more of those 12 dB softer or
in Ogg Vorbis, 71 % and more in MP3, 38 % and more 24 dB softer (16 bit are few then), none with noise at 20 dB.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np

from .finding import ERROR, NOTE, SHOWN, WARNING, Finding
from .material import Material

CHECK = "duplicates"
#: Two recordings are farther apart than this, in interquartile ranges / 1.349.
NEAREST = 0.15
#: With fewer features, rows are near each other by chance: of 40 independent ones, once in 10 billion pairs.
LEAST_FEATURES = 40
#: Features whose values are mostly different; with fewer of them identical rows may be chance.
LEAST_DISTINCT = 3
# The search: features taken, frequency of the cosines, least mean cosine (see _candidates), rows at once.
_SEARCHED, _FREQUENCY, _LEAST_COSINE, _ROWS = 256, 3.0, 0.35, 1024
#: With more rows, fewer features are searched, but never fewer than this.
_MANY_ROWS, _LEAST_SEARCHED = 20_000, 64


def find(material: Material) -> list[Finding]:
    """Pairs of rows that are one recording; an error if a fold trains on one and tests the other."""
    groups = identical_rows(material)
    pairs = [(i, j, 0.0) for rows in groups for i in rows[:1] for j in rows[1:]]
    copies = {j for rows in groups for j in rows[1:]}
    pairs += [(i, j, distance) for i, j, distance in _near(material) if not {i, j} & copies]
    findings = _overlapping(material, {(i, j) for i, j, _ in pairs})
    if not pairs:
        return findings
    one, other = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    apart = material.apart(one, other)
    for wanted in (True, False):
        chosen = [pair for pair, is_apart in zip(pairs, apart, strict=True) if is_apart == wanted]
        if chosen:
            findings.insert(0, _finding(material, sorted(chosen, key=lambda pair: pair[2]), wanted))
    return sorted(findings, key=lambda finding: finding.severity != ERROR)


def _finding(material: Material, pairs: list[tuple[int, int, float]], apart: bool) -> Finding:
    files = material.frame["file"].to_numpy()
    n_identical = sum(distance == 0 for *_, distance in pairs)
    conflicting = sum(material.label[i] != material.label[j] for i, j, _ in pairs)
    first = f"{files[pairs[0][0]]} and {files[pairs[0][1]]}"
    evidence = {
        "n_pairs": len(pairs),
        "n_identical": n_identical,
        "n_with_other_label": int(conflicting),
        "nearest_allowed": NEAREST,
        "pairs": [[str(files[i]), str(files[j]), round(float(d), 4)] for i, j, d in pairs[:SHOWN]],
    }
    count, looks = ("a pair", "looks") if len(pairs) == 1 else (f"{len(pairs)} pairs", "look")
    what = f"{count} of clips {looks} like one recording twice ({n_identical} identical in all features, e.g. {first})"
    if apart:
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


def _near(material: Material) -> list[tuple[int, int, float]]:
    """Pairs of rows within `NEAREST`, identical ones among them."""
    scaled = material.scaled
    if scaled.shape[1] < LEAST_FEATURES:
        return []
    found = []
    for one, other in _candidates(scaled):
        difference = np.abs(scaled[one] - scaled[other])
        shared = np.isfinite(difference).sum(axis=1)
        usable = shared >= max(LEAST_FEATURES, scaled.shape[1] / 2)
        if usable.any():
            distance = np.nanmedian(difference[usable], axis=1)
            near = distance <= NEAREST
            kept = np.flatnonzero(usable)[near]
            found += [
                (int(i), int(j), float(d)) for i, j, d in zip(one[kept], other[kept], distance[near], strict=True)
            ]
    return found


def _candidates(scaled: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs worth a closer look, block by block.

    The mean over features of ``cos(3 * difference)`` is a matrix product. It is near 1 for a copy, whatever the few
    features do in which it differs, and near 0 for two recordings; every pair within `NEAREST` measured so far has
    0.40 or more. Undefined values count as 0. There are as many products as pairs of rows, so that of very many rows
    fewer features are compared here; a copy that is changed much may then be passed over.
    """
    n_rows, n_features = scaled.shape
    searched = min(n_features, _SEARCHED, max(_LEAST_SEARCHED, int(_SEARCHED * _MANY_ROWS / n_rows)))
    taken = scaled[:, np.unique(np.linspace(0, n_features - 1, searched).astype(int))]
    angle = (_FREQUENCY * taken).astype(np.float32)
    waves = np.nan_to_num(np.hstack([np.cos(angle), np.sin(angle)]))
    least = _LEAST_COSINE * taken.shape[1]
    for first in range(0, n_rows, _ROWS):
        agreement = waves[first : first + _ROWS] @ waves[first:].T
        one, other = np.divmod(np.flatnonzero(agreement.ravel() >= least), agreement.shape[1])
        one, other = one[other > one], other[other > one]
        if one.size > 20 * n_rows:  # a table of copies: the nearest tell enough
            best = np.argsort(-agreement[one, other], kind="stable")[: 20 * n_rows]
            one, other = one[best], other[best]
        for part in range(0, one.size, 4096):
            yield one[part : part + 4096] + first, other[part : part + 4096] + first


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
