"""The folds that a table's own column names: train, validation and test, or the fold in which each clip is tested."""

from typing import Any

import numpy as np

from ...errors import ProtocolError, listed
from ...tables.feature_table import FeatureTable
from ...tables.file import SPLIT_COLUMNS
from ...tables.spellings import MISSING, part_of_corpus, plain_name
from ..speakers.names import speakers_of
from .listed import TEST, TRAIN, UNUSED, VALIDATION, ListedFolds
from .plan import refuse_shared

#: The word by which folds are asked for that stand in the table.
SPLIT = "split"
_ROLES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
#: Values that a message names.
_NAMED = 8


def with_split_column(folds: Any, table: FeatureTable) -> Any:
    """The folds that the column `split` of a table names, if they are asked for (``"split"``); else `folds`.

    Parameters
    ----------
    folds : str or int or splitter
    table : FeatureTable

    Returns
    -------
    str or int or splitter
        ``"split"`` becomes :class:`ListedFolds`: one fold where the column says ``train``, ``test`` and perhaps
        ``validation`` (``dev``, ``val``); else one for each of its values, whose clips are tested while all others
        train.

    Raises
    ------
    ProtocolError
        If the table has no such column, it has clips to train on or to test only, or a speaker is on two sides.
    """
    if not isinstance(folds, str) or folds != SPLIT:
        return folds
    column = next((c for name in SPLIT_COLUMNS for c in table.frame.columns if plain_name(str(c)) == name), None)
    if column is None:
        raise ProtocolError(
            "the table has no column 'split' that says train or test, or the number of a fold: say with --columns "
            "split=NAME which column does, or choose other folds"
        )
    cells = [str(cell).strip() for cell in table.frame.loc[table.usable, column]]
    labels, roles = _roles(str(column), cells)
    X, name = table.X, f"the column {column!r}"
    found, speakers = ListedFolds(X.index, roles, name), speakers_of(X)
    for label, fold in zip(labels, found.folds(X), strict=True):
        refuse_shared("speaker", speakers, fold, f"{name}: {label}")
    return found


def _roles(column: str, cells: list[str]) -> tuple[list[str], np.ndarray]:
    """What each fold is called, and the role of each clip in it, shape (n_clips, n_folds)."""
    values = sorted({cell for cell in cells if cell.lower() not in MISSING}, key=lambda cell: (len(cell), cell))
    parts = {value: part_of_corpus(value) for value in values}
    if any(part in _ROLES for part in parts.values()):
        strange = [value for value, part in parts.items() if part not in _ROLES]
        if strange or not {"train", "test"} <= set(parts.values()):
            raise ProtocolError(
                f"the column {column!r} says {listed(values, _NAMED)}: it takes train and test, with validation where "
                "there is one, or one value for each fold"
            )
        of_clip = [_ROLES[parts[cell]] if cell in parts else UNUSED for cell in cells]
        return ["its fold"], np.array(of_clip)[:, None]
    if len(values) < 2:
        raise ProtocolError(f"the column {column!r} names {len(values)} fold: there must be two or more")
    roles = [[UNUSED if cell not in parts else TEST if cell == value else TRAIN for value in values] for cell in cells]
    return [f"fold {value}" for value in values], np.array(roles)
