"""Metadata among the features, identified by name, by counting rows, or by values of metadata or file names.

A column of metadata is reported as an error only if it predicts the emotion of held-out speakers (see
:mod:`prosody_ser.learn.audit.recovery`). A speaker's number, for example, is not a feature, but with speaker-disjoint
folds it does not leak.
"""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from ....catalogue import all_features
from ....tables.feature_table import INDEX_COLUMNS, NUMERIC_METADATA
from ..finding import ERROR, WARNING, Finding
from ..material import Material
from ..recovery import recover, within_speaker

CHECK = "metadata among features"
#: Words that make a name suspicious; names in the catalogue never are.
_TELLING = {
    *("speaker", "spk", "actor", "subject", "participant", "id", "uid", "emotion", "label", "target", "fold"),
    *("filename", "filepath", "filesize", "session", "utterance", "gender", "unnamed"),
}
#: Words that make a name suspicious if it has no other words ("hammarberg_index" is a feature, "row_index" is not).
_TELLING_ALONE = _TELLING | {
    *("file", "path", "size", "bytes", "kb", "index", "idx", "row", "number", "no", "num", "nr", "clip", "order"),
    *("class", "category", "split", "sex", "age", "take", "sentence", "corpus", "dataset", "y", "train", "test"),
}
_GROUPS = ("emotion", "label", "sex", "language", "corpus", "vocal_channel", "intensity", "take", "sentence", "speaker")
#: Numeric metadata except start and end, because a feature may legitimately depend on the duration of a clip.
_NUMBERS = tuple(name for name in NUMERIC_METADATA if name not in INDEX_COLUMNS)
#: Share of the rows, and of the rows with an unusual value, that must lie in groups with a constant value.
_CONSTANT_SHARE = 0.95
_LEAST_ROWS = 10
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME_PARTS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+")


def find(material: Material) -> list[Finding]:
    """Make one finding for each feature that looks like metadata, with all reasons."""
    return [_finding(material, column, why) for column, why in sorted(metadata_reasons(material).items())]


def metadata_reasons(material: Material) -> dict[int, list[str]]:
    """Positions of the features that look like metadata, each with the reasons."""
    reasons: dict[int, list[str]] = {}
    for suspects in (_by_name(material), _by_order(material), _by_group(material), _by_number(material)):
        for column, reason in suspects:
            reasons.setdefault(int(column), []).append(reason)
    return reasons


def _finding(material: Material, column: int, why: list[str]) -> Finding:
    name = material.features[column]
    values = material.values[:, column]
    # The better of two readings: the value itself, and its rank among the speaker's clips.
    readings = [recover(material, reading) for reading in (values, within_speaker(material, values))]
    best = max((r for r in readings if r is not None), key=lambda r: r.z, default=None)
    leaking = best if best is not None and best.above_chance else None
    sentence = f"The feature {name!r} looks like metadata: it {'; it '.join(why)}."
    if leaking:
        sentence += (
            f" Alone it predicts the emotion of held-out speakers with a UAR of {leaking.uar:.2f} (chance "
            f"{leaking.chance:.2f})."
        )
        effect = "The model can read the label from the column instead of the voice. The score is too high. Remove it."
    else:
        effect = (
            "It does not predict the emotion of held-out speakers here, so it hardly affects the score; with speakers "
            "on both sides of a fold it would leak. Remove the column, or explain why it is a feature."
        )
    evidence = {"feature": name, "reasons": why, "alone": best.data if best else None}
    return Finding(ERROR if leaking else WARNING, CHECK, sentence, effect, evidence)


def _by_name(material: Material) -> Iterator[tuple[int, str]]:
    known = all_features()
    for column, name in enumerate(material.features):
        words = {word.lower() for word in _WORDS.findall(name)}
        if name not in known and words and (words & _TELLING or words <= _TELLING_ALONE):
            yield column, "has the name of metadata"


def _by_order(material: Material) -> Iterator[tuple[int, str]]:
    """Columns of distinct integers, or of values that rise (or fall) from row to row within each speaker."""
    n_rows = len(material.y)
    if n_rows < _LEAST_ROWS:
        return
    all_distinct = np.flatnonzero(material.n_distinct == n_rows)
    whole = (np.mod(material.values[:, all_distinct], 1) == 0).all(axis=0)
    for column in all_distinct[whole]:
        yield int(column), "contains distinct integers, like a counter"
    same = material.speaker[1:] == material.speaker[:-1]
    if same.sum() < _LEAST_ROWS:
        return
    steps = np.diff(material.values, axis=0)[same]
    for column in np.flatnonzero((steps > 0).all(axis=0) | (steps < 0).all(axis=0)).tolist():
        yield column, "follows the order of the rows"


def _by_group(material: Material) -> Iterator[tuple[int, str]]:
    """Columns with one value for nearly all rows of each speaker, emotion, sentence, or part of the file name."""
    few = np.flatnonzero((material.n_distinct > 1) & (material.n_distinct <= len(material.y) / 2))
    if not few.size:
        return
    values = material.values[:, few]
    values = np.where(np.isfinite(values), values, np.nanmin(values, axis=0) - 1)  # "undefined" counts as a value
    unusual = values != stats.mode(values, axis=0).mode
    explained = np.zeros(few.size, dtype=bool)
    for what, group in _groupings(material):
        share, share_of_unusual = _share_constant(values, unusual, group)
        constant = (share >= _CONSTANT_SHARE) & (share_of_unusual >= _CONSTANT_SHARE) & ~explained
        explained |= constant
        for i in np.flatnonzero(constant):
            yield few[i], f"has one value for each {what}"


def _share_constant(values: np.ndarray, unusual: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the rows, and of those with an unusual value, in groups of two or more rows with a constant value."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    size = np.diff(np.append(starts, len(order)))
    low, high = (f.reduceat(values[order], starts, axis=0) for f in (np.minimum, np.maximum))
    constant = (low == high) & (size > 1)[:, None]
    n_unusual = np.add.reduceat(unusual[order], starts, axis=0, dtype=int)
    total = np.maximum(n_unusual.sum(axis=0), 1)
    enough = n_unusual.sum(axis=0) >= _LEAST_ROWS
    return (constant * size[:, None]).sum(axis=0) / len(order), enough * (constant * n_unusual).sum(axis=0) / total


def _groupings(material: Material) -> Iterator[tuple[str, np.ndarray]]:
    """Yield groupings of the rows: by metadata, by folder, and by each part that all file names have."""
    n_rows = len(material.y)
    for name in _GROUPS:
        yield from _grouping(name, material.frame[name], n_rows)
    path = material.frame["file"].str.rpartition("/")
    yield from _grouping("folder", path[0], n_rows)
    parts = [_NAME_PARTS.findall(stem.rpartition(".")[0] or stem) for stem in path[2]]
    if len({len(part) for part in parts}) == 1:
        for number, part in enumerate(zip(*parts, strict=True), start=1):
            yield from _grouping(f"part {number} of the file name", pd.Series(part), n_rows)


def _grouping(what: str, column: pd.Series, n_rows: int) -> Iterator[tuple[str, np.ndarray]]:
    group, names = pd.factorize(column)
    if 1 < len(names) <= n_rows / 2:
        yield what, group


def _by_number(material: Material) -> Iterator[tuple[int, str]]:
    """Columns that equal numeric metadata in any unit, that is, are correlated with it to five digits."""
    for name in _NUMBERS:
        numbers = material.frame[name].to_numpy(dtype=float)
        rows = np.isfinite(numbers)
        if rows.sum() < _LEAST_ROWS or np.unique(numbers[rows]).size < 3:
            continue
        for column in np.flatnonzero(_correlation(material.values[rows], numbers[rows]) > 0.99999).tolist():
            yield column, f"equals the table's {name}"


def _correlation(values: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Absolute correlation of each column with `numbers`; 0 if it is undefined or the column is constant."""
    centred = values - values.mean(axis=0)  # a column with NaN deliberately becomes NaN
    numbers = numbers - numbers.mean()
    norm = np.sqrt((centred**2).sum(axis=0) * (numbers**2).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.abs(numbers @ centred) / norm
    return np.nan_to_num(correlation)
