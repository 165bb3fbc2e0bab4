"""Published fold lists of EmoBox, so that scores compare with deep models on the same folds.

A fold has a list for each part, ``ravdess_train_fold_1.jsonl`` and ``ravdess_test_fold_1.jsonl``, at times
``..._valid_fold_1.jsonl``; a line is an object with ``wav``, the recording's path, among others. Clips are found by the
stem of that path, so that other folders and other formats of the same recordings do. For corpora of which EmoBox's
folds share speakers (EMO-DB's do), they are refused as any others are.

References
----------
Ma, Z. et al. (2024). EmoBox: multilingual multi-corpus speech emotion recognition toolkit and benchmark. Interspeech.
    https://github.com/emo-box/EmoBox
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError
from ...tables.feature_table import FeatureTable
from .listed import ROLES, TEST, TRAIN, UNUSED, VALIDATION, refuse_missing

_NAME = re.compile(r".+_(?P<part>train|valid|val|dev|test)_fold_?(?P<fold>\d+)\.jsonl", re.ASCII)
_PARTS = {"train": TRAIN, "valid": VALIDATION, "val": VALIDATION, "dev": VALIDATION, "test": TEST}


def read_lists(sources: list[Path], table: FeatureTable) -> tuple[list[str], np.ndarray, int]:
    """Folds of a table's clips, from lists or folders that hold such at any depth.

    Returns
    -------
    labels : list of str
        Numbers of the folds, sorted.
    roles : ndarray of int, shape (n_clips, n_folds)
    n_absent : int
        Recordings of the lists that the table lacks.
    """
    lists = _lists(sources)
    labels = sorted({label for label, _ in lists}, key=int)
    listed: dict[str, dict[str, int]] = {}
    for (label, part), path in lists.items():
        for stem in _stems(path):
            of_clip = listed.setdefault(stem, {})
            if of_clip.get(label, part) != part:
                raise ProtocolError(
                    f"{path}: {stem} is in fold {label} as {ROLES[of_clip[label]]} and as {ROLES[part]}"
                )
            of_clip[label] = part
    usable = table.clips
    found = [_stem_in(listed, PurePosixPath(file)) for file in usable["file"]]
    refuse_missing([file for file, stem in zip(usable["file"], found, strict=True) if stem is None], sources[0])
    stems = [stem for stem in found if stem is not None]
    _refuse_ambiguous(usable, stems)
    roles = np.array([[listed[stem].get(label, UNUSED) for label in labels] for stem in stems])
    return labels, roles.reshape(len(stems), len(labels)), len(set(listed) - set(stems))


def _lists(sources: list[Path]) -> dict[tuple[str, int], Path]:
    """Path of the list of each fold and part."""
    found: dict[tuple[str, int], Path] = {}
    for source in sources:
        for path in sorted(source.rglob("*.jsonl")) if source.is_dir() else [source]:
            name = _NAME.fullmatch(path.name)
            if name is None:
                if source.is_dir():
                    continue  # the folder's list of all clips, ravdess.jsonl
                raise ProtocolError(f"{path}: named as no list of EmoBox's, such as ravdess_train_fold_1.jsonl")
            place = (str(int(name["fold"])), _PARTS[name["part"]])
            if place in found:
                raise ProtocolError(f"{found[place].name} and {path.name} are both of fold {place[0]}: name one corpus")
            found[place] = path
    if not found:
        raise ProtocolError(f"{sources[0]}: holds no list such as ravdess_train_fold_1.jsonl")
    return found


def _stems(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ProtocolError(f"{path}: cannot be read ({error})") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield PurePosixPath(json.loads(line)["wav"]).stem
            except (ValueError, KeyError, TypeError) as error:
                raise ProtocolError(f"{path}: line {number}: no object with 'wav' ({error})") from error


def _stem_in(listed: Mapping[str, Any], file: PurePosixPath) -> str | None:
    """The stem by which a file is listed: its own, or with its folder before it (SAVEE's ``DC/a01`` is ``DC_a01``)."""
    return next((stem for stem in (file.stem, f"{file.parent.name}_{file.stem}") if stem in listed), None)


def _refuse_ambiguous(usable: pd.DataFrame, stems: list[str]) -> None:
    first: dict[str, tuple] = {}
    for recording, stem in zip(zip(usable["corpus"], usable["file"], strict=True), stems, strict=True):
        if first.setdefault(stem, recording) != recording:
            raise ProtocolError(f"{first[stem][1]} and {recording[1]} are both {stem}: no list tells them apart")
