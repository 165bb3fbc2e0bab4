"""Files of folds: the role of every clip in every fold, so that folds can be kept, published and used again.

A JSON file has one object per clip with its roles in the order of the folds; a CSV file has one row for each clip and
fold (``file,start,end,variant,corpus,fold,role``). A role is ``train``, ``validation``, ``test`` or ``unused``. A CSV
file without the column ``role`` has one row per clip, which is tested in its fold and trained on in all others. Columns
that identify clips may be left out if the other columns identify them.

EmoBox's published fold lists can be read, too; see :mod:`prosody_ser.learn.splits.emobox`.
"""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...atomic_write import check_suffix, whole_file, write_text
from ...errors import ProtocolError, chosen, counted, listed
from ...file_errors import why_unreadable
from ...tables.feature_table import FeatureTable
from ...versions import other_version
from ..speakers.names import speakers_of
from .evaluation_plan import EvaluationPlan, as_plan
from .listed import ROLES, TEST, TRAIN, UNUSED, VALIDATION, ListedFolds, refuse_missing
from .plan import refuse_shared
from .splitters import Fold, describe_split

SCHEMA = "prosody-ser/split"
SCHEMA_VERSION = 1
KEYS = ("file", "start", "end", "variant", "corpus")
_TIMES = ("start", "end")
SUFFIXES = (".json", ".csv")
_SHAPE = (
    "a CSV of folds has one row for each clip with the columns file and fold (the name or number of the fold in "
    "which the clip is tested), and 'prosody-ser cv --write-split FILE' writes an example"
)


def clip_keys(table: FeatureTable | EvaluationPlan, columns: Sequence[str] = KEYS) -> list[tuple]:
    """The values that identify each usable row of a table; times in s, rounded to the microsecond, None if unknown."""
    return _keys_of(table.clips, columns)


def _keys_of(clips: pd.DataFrame, columns: Sequence[str]) -> list[tuple]:
    return list(zip(*([_plain_key(column, value) for value in clips[column]] for column in columns), strict=True))


def roles_of(folds: list[Fold], n_rows: int) -> np.ndarray:
    """Role of each row in each fold, shape (n_rows, n_folds), as numbers of :data:`ROLES`."""
    roles = np.full((n_rows, len(folds)), UNUSED)
    for number, fold in enumerate(folds):
        roles[fold.train, number] = TRAIN
        roles[fold.validation, number] = VALIDATION
        roles[fold.test, number] = TEST
    return roles


def split_hash(table: FeatureTable | EvaluationPlan, folds: list[Fold]) -> str:
    """SHA-256 of the clips' roles in all folds, independent of the order of the rows."""
    keys = clip_keys(table)
    return _hash(keys, roles_of(folds, len(keys)))


def _hash(keys: list[tuple], roles: np.ndarray) -> str:
    lines = (json.dumps([*key, row.tolist()], ensure_ascii=True) for key, row in zip(keys, roles, strict=True))
    return "sha256:" + hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def check_split_suffix(path: str | PathLike) -> None:
    """Raise a ProtocolError if the suffix is not that of a file of folds."""
    check_suffix(path, "a file for folds", *SUFFIXES, error=ProtocolError)


def write_split(path: str | PathLike, table: FeatureTable | EvaluationPlan, folds: Any = "auto", seed: int = 0) -> str:
    """Write the folds that an evaluation of this table would use.

    Parameters
    ----------
    path : path_like
        ``.json`` or ``.csv``.
    table : FeatureTable or EvaluationPlan
        A plan has its own folds and seed.
    folds : str or int or splitter
        As for :func:`prosody_ser.learn.evaluation.evaluate.evaluate`.
    seed : int

    Returns
    -------
    str
        The hash, which is also the ``split_hash`` in the protocol of a result.

    Raises
    ------
    ProtocolError
        If the table does not allow these folds, or the file has another suffix.
    """
    check_split_suffix(path)
    plan = as_plan(table, folds, seed)
    keys, roles = clip_keys(plan), roles_of(plan.folds, len(plan.X))
    refuse_repeated(keys, "the table")
    named = np.array(ROLES, dtype=object)[roles]
    digest = _hash(keys, roles)
    if Path(path).suffix.lower() == ".csv":
        rows = [
            (*key, fold, role) for key, of_clip in zip(keys, named, strict=True) for fold, role in enumerate(of_clip, 1)
        ]
        with whole_file(path) as temporary:
            pd.DataFrame(rows, columns=[*KEYS, "fold", "role"]).to_csv(temporary, index=False, lineterminator="\n")
        return digest
    head = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "split": describe_split(plan.splitter, plan.folds, plan.X),
        "sentence_disjoint": bool(getattr(plan.splitter, "sentence_disjoint", False)),
        "n_folds": len(plan.folds),
        "hash": digest,
    }
    clips = (
        json.dumps(dict(zip(KEYS, key, strict=True)) | {"roles": of_clip.tolist()}, ensure_ascii=False)
        for key, of_clip in zip(keys, named, strict=True)
    )
    write_text(path, json.dumps(head, indent=1)[:-2] + ',\n "clips": [\n  ' + ",\n  ".join(clips) + "\n ]\n}\n")
    return digest


def read_split(source: str | PathLike | Iterable[str | PathLike], table: FeatureTable) -> ListedFolds:
    """Read folds for the clips of a table.

    Parameters
    ----------
    source : path_like or list of path_like
        A ``.json`` or ``.csv`` file of :func:`write_split`, or EmoBox's lists (``..._train_fold_1.jsonl``): one,
        several or a folder of them.
    table : FeatureTable

    Returns
    -------
    ListedFolds
        Can be passed as `folds`. Its `n_absent` is the number of clips in the file that the table lacks.

    Raises
    ------
    ProtocolError
        If the file cannot be read, has unknown columns or roles, lacks a clip of the table, or has a speaker in two
        parts of a fold.
    """
    paths = [Path(path) for path in ([source] if isinstance(source, str | PathLike) else source)]
    name = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
    if len(paths) > 1 or paths[0].is_dir() or paths[0].suffix.lower() == ".jsonl":
        from .emobox import read_lists

        labels, roles, n_absent = read_lists(paths, table)
        sentence_disjoint = False
    else:
        labels, roles, n_absent, sentence_disjoint = _read_split_file(paths[0], table)
    X = table.X
    # Folds whose training or test clips are not in the table are dropped.
    usable = (roles == TEST).any(axis=0) & (roles == TRAIN).any(axis=0)
    if not usable.any():
        raise ProtocolError(f"{name}: no fold has both training clips and test clips that are in this table")
    labels, roles = list(compress(labels, usable)), roles[:, usable]
    splitter, speakers = ListedFolds(X.index, roles, name, n_absent, sentence_disjoint), speakers_of(X)
    for label, fold in zip(labels, splitter.folds(X), strict=True):
        refuse_shared("speaker", speakers, fold, f"{name}: fold {label}")
    return splitter


def _read_split_file(path: Path, table: FeatureTable) -> tuple[list, np.ndarray, int, bool]:
    try:
        if path.suffix.lower() == ".csv":
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            return *_from_rows(frame, path, table), False
        content = json.loads(path.read_text(encoding="utf-8"))
    except ProtocolError:
        raise
    except (OSError, ValueError, RecursionError) as error:  # pandas' parser errors are ValueErrors
        raise ProtocolError(f"{path}: {why_unreadable(error)}") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ProtocolError(
            f"{path}: this JSON file has no folds; use a file that 'prosody-ser cv --write-split' wrote, a CSV with "
            "the columns file and fold, or EmoBox's .jsonl lists"
        )
    if content.get("schema_version") != SCHEMA_VERSION:
        found = content.get("schema_version")
        raise ProtocolError(f"{path}: {other_version(found, SCHEMA_VERSION, 'cv --write-split')}")
    return *_from_json(content, path, table), content.get("sentence_disjoint") is True


def _from_json(content: dict[str, Any], path: Path, table: FeatureTable) -> tuple[list, np.ndarray, int]:
    try:
        clips = content["clips"]
        unknown = sorted({key for clip in clips for key in clip} - {*KEYS, "roles"})
        _refuse_unknown(unknown, path)
        keys = [tuple(_plain_key(column, clip[column]) for column in KEYS) for clip in clips]
        roles = np.array([[_role(role, path) for role in clip["roles"]] for clip in clips])
        digest = content["hash"]
    except ProtocolError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(
            f"{path}: the file does not have the format that 'prosody-ser cv --write-split' writes; write it anew, or "
            "use a CSV with the columns file and fold"
        ) from error
    if roles.ndim != 2 or _hash(keys, roles) != digest:
        raise ProtocolError(f"{path}: the folds do not match the hash in the file, so it was changed or is damaged")
    refuse_repeated(keys, path)
    place = {key: i for i, key in enumerate(keys)}
    wanted = _as_written(clip_keys(table), place)
    refuse_missing([key[0] for key in wanted if key not in place], path)
    rows = [place[key] for key in wanted]
    return list(range(1, roles.shape[1] + 1)), roles[rows], len(keys) - len(set(rows))


def _from_rows(frame: pd.DataFrame, path: Path, table: FeatureTable) -> tuple[list, np.ndarray, int]:
    needed = [column for column in ("file", "fold") if column not in frame.columns]
    if needed:
        raise ProtocolError(
            f"{path}: this is not a file of folds, because it lacks the column{'s' * (len(needed) > 1)} "
            f"{' and '.join(needed)}; {_SHAPE}"
        )
    _refuse_unknown([column for column in frame.columns if column not in (*KEYS, "fold", "role")], path)
    columns = [column for column in KEYS if column in frame.columns]
    try:
        keys = list(zip(*([_plain_key(c, value) for value in frame[c]] for c in columns), strict=True))
    except ValueError as error:
        raise ProtocolError(f"{path}: the columns start and end must hold numbers of seconds ({error})") from error
    labels = sorted(frame["fold"].unique(), key=lambda label: (len(label), label))
    has_roles = "role" in frame.columns
    words = frame["role"].tolist() if has_roles else [ROLES[TEST]] * len(frame)
    by_fold: dict[tuple, dict[str, int]] = {}
    for line, (key, fold, word) in enumerate(zip(keys, frame["fold"].tolist(), words, strict=True), start=2):
        role = _role(word, path)
        of_clip = by_fold.setdefault(key, {})
        if fold in of_clip:
            raise ProtocolError(f"{path}: line {line}: {key[0]} is in fold {fold} twice")
        of_clip[fold] = role
    wanted = _as_written(clip_keys(table, columns), by_fold)
    refuse_missing([key[0] for key in wanted if key not in by_fold], path)
    _refuse_ambiguous(wanted, clip_keys(table, ["file", "corpus"]), path)
    _refuse_incomplete({key: by_fold[key] for key in wanted}, labels, has_roles, path)
    roles = np.array([[by_fold[key].get(label, TRAIN) for label in labels] for key in wanted])
    copies = table.frame[table.copies]  # the file may also list the copies
    return labels, roles, len(set(by_fold) - set(wanted) - set(_as_written(_keys_of(copies, columns), by_fold)))


def _refuse_incomplete(
    roles_of_clip: dict[tuple, dict[str, int]], labels: list[str], has_roles: bool, path: Path
) -> None:
    """Raise unless each clip has a role in every fold or, in a file without roles, one fold in which it is tested."""
    for key, of_clip in roles_of_clip.items():
        if not has_roles and len(of_clip) > 1:
            raise ProtocolError(
                f"{path}: {key[0]} is in the folds {', '.join(of_clip)}, but without a column role each clip must "
                "have one row"
            )
        if has_roles and len(of_clip) < len(labels):
            lacking = next(label for label in labels if label not in of_clip)
            raise ProtocolError(f"{path}: {key[0]} has no role in fold {lacking}; add a row with the role unused")


def _as_written(wanted: list[tuple], known: Collection[tuple]) -> list[tuple]:
    """The keys of a table's clips, with file names in the Unicode form that the list uses."""
    if all(key in known for key in wanted):
        return wanted
    forms = {_composed(key): key for key in known}
    return [key if key in known else forms.get(_composed(key), key) for key in wanted]


def _composed(key: tuple) -> tuple:
    return (unicodedata.normalize("NFC", key[0]), *key[1:])


def _role(word: str, path: Path) -> int:
    try:
        return ROLES.index(chosen("role", word, ROLES))
    except ProtocolError as error:
        raise ProtocolError(f"{path}: {error}") from None


def _refuse_unknown(columns: list[str], path: Path) -> None:
    if columns:
        raise ProtocolError(
            f"{path}: the file has {counted(len(columns), 'unknown column')} ({listed(columns, 4)}); "
            f"the known columns are {', '.join(KEYS)}, fold, role"
        )


def refuse_repeated(keys: Iterable[tuple], where: object) -> None:
    """Raise a ProtocolError if a clip occurs more than once."""
    for key, times in Counter(keys).most_common(1):
        if times > 1:
            raise ProtocolError(f"{where}: {key[0]} occurs more than once with the same start, end, variant and corpus")


def _refuse_ambiguous(keys: list[tuple], recordings: list[tuple], path: Path) -> None:
    first: dict[tuple, tuple] = {}
    for key, recording in zip(keys, recordings, strict=True):
        if first.setdefault(key, recording) != recording:
            raise ProtocolError(
                f"{path}: {key[0]} is a file of both {first[key][1]} and {recording[1]}: add the column corpus"
            )


def _plain_key(column: str, value: Any) -> Any:
    if column not in _TIMES:
        return str(value)
    value = float("nan") if value in ("", None) else float(value)
    return round(value, 6) if value == value else None
