"""Published fold lists of EmoBox, so that scores can be compared with deep models on the same folds.

A fold has one list for each part: ``ravdess_train_fold_1.jsonl``, ``ravdess_test_fold_1.jsonl`` and sometimes
``..._valid_fold_1.jsonl``. Each line is an object that contains ``wav``, the path of the recording. Clips are
identified by the stem of that path, so other folders and formats of the same recordings work, too. EmoBox's folds that
share speakers (as those of EMO-DB do) are refused like any other.

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
from ...file_errors import why_unreadable
from ...tables.feature_table import FeatureTable
from .listed import ROLES, TEST, TRAIN, UNUSED, VALIDATION, refuse_missing

_NAME = re.compile(r".+_(?P<part>train|valid|val|dev|test)_fold_?(?P<fold>\d+)\.jsonl", re.ASCII)
_PARTS = {"train": TRAIN, "valid": VALIDATION, "val": VALIDATION, "dev": VALIDATION, "test": TEST}


def read_lists(sources: list[Path], table: FeatureTable) -> tuple[list[str], np.ndarray, int]:
    """Read the folds of a table's clips from lists, or from folders that contain lists at any depth.

    Returns
    -------
    labels : list of str
        Numbers of the folds, sorted.
    roles : ndarray of int, shape (n_clips, n_folds)
    n_absent : int
        Number of recordings in the lists that the table lacks.
    """
    lists = _lists(sources)
    labels = sorted({label for label, _ in lists}, key=int)
    listed: dict[str, dict[str, int]] = {}
    for (label, part), path in lists.items():
        for stem in _stems(path):
            of_clip = listed.setdefault(stem, {})
            if of_clip.get(label, part) != part:
                raise ProtocolError(
                    f"{path}: {stem} is in two parts of fold {label}: {ROLES[of_clip[label]]} and {ROLES[part]}"
                )
            of_clip[label] = part
    usable = table.clips
    stem_of_clip = [_stem_in(listed, PurePosixPath(file)) for file in usable["file"]]
    refuse_missing([file for file, stem in zip(usable["file"], stem_of_clip, strict=True) if stem is None], sources[0])
    stems = [stem for stem in stem_of_clip if stem is not None]
    _refuse_ambiguous(usable, stems)
    roles = np.array([[listed[stem].get(label, UNUSED) for label in labels] for stem in stems])
    return labels, roles.reshape(len(stems), len(labels)), len(set(listed) - set(stems))


def _lists(sources: list[Path]) -> dict[tuple[str, int], Path]:
    """Paths of the lists by fold and part."""
    lists: dict[tuple[str, int], Path] = {}
    for source in sources:
        for path in sorted(source.rglob("*.jsonl")) if source.is_dir() else [source]:
            name = _NAME.fullmatch(path.name)
            if name is None:
                if source.is_dir():
                    continue  # such as ravdess.jsonl, the list of all clips
                raise ProtocolError(
                    f"{path}: the name is not that of an EmoBox list, such as ravdess_train_fold_1.jsonl"
                )
            place = (str(int(name["fold"])), _PARTS[name["part"]])
            if place in lists:
                raise ProtocolError(
                    f"{lists[place].name} and {path.name} both belong to fold {place[0]}: use the lists of one corpus"
                )
            lists[place] = path
    if not lists:
        raise ProtocolError(f"{sources[0]}: the folder has no list such as ravdess_train_fold_1.jsonl")
    return lists


def _stems(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ProtocolError(f"{path}: {why_unreadable(error)}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield PurePosixPath(json.loads(line)["wav"]).stem
            except (ValueError, KeyError, TypeError) as error:
                raise ProtocolError(
                    f"{path}: line {number} is not a JSON object with the key 'wav', as EmoBox's lists have it"
                ) from error


def _stem_in(listed: Mapping[str, Any], file: PurePosixPath) -> str | None:
    """The stem of a file in the lists, which may include its folder (SAVEE's ``DC/a01`` is ``DC_a01``)."""
    return next((stem for stem in (file.stem, f"{file.parent.name}_{file.stem}") if stem in listed), None)


def _refuse_ambiguous(usable: pd.DataFrame, stems: list[str]) -> None:
    first: dict[str, tuple] = {}
    for recording, stem in zip(zip(usable["corpus"], usable["file"], strict=True), stems, strict=True):
        if first.setdefault(stem, recording) != recording:
            raise ProtocolError(
                f"{first[stem][1]} and {recording[1]} are both named {stem}, so the lists cannot distinguish them"
            )
