"""Folds from a column of the table: train, validation and test, or the number of the fold that tests each clip."""

from typing import Any

import numpy as np

from ...errors import ProtocolError, listed
from ...tables.feature_table import FeatureTable
from ...tables.file import SPLIT_COLUMNS
from ...tables.spellings import MISSING, part_of_corpus, plain_name
from ..speakers.names import speakers_of
from .listed import TEST, TRAIN, UNUSED, VALIDATION, ListedFolds
from .plan import refuse_shared

#: The value of `folds` that requests the folds in the table's column.
SPLIT = "split"
_ROLES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
#: Largest number of values listed in a message.
_NAMED = 8


def with_split_column(folds: Any, table: FeatureTable) -> Any:
    """Replace ``"split"`` by the folds in the column `split` of a table; other values are returned unchanged.

    Parameters
    ----------
    folds : str or int or splitter
    table : FeatureTable

    Returns
    -------
    str or int or splitter
        ``"split"`` becomes :class:`ListedFolds`. If the column contains ``train``, ``test`` and possibly
        ``validation`` (``dev``, ``val``), this is one fold. Otherwise there is one fold for each value of the column:
        the clips with this value are tested, all others are trained on.

    Raises
    ------
    ProtocolError
        If the table has no such column, a fold lacks training or test clips, or a speaker is in two parts of a fold.
    """
    if not isinstance(folds, str) or folds != SPLIT:
        return folds
    column = next((c for name in SPLIT_COLUMNS for c in table.frame.columns if plain_name(str(c)) == name), None)
    if column is None:
        raise ProtocolError(
            "the table has no column 'split' with train and test, or with the number of a fold: name the column with "
            "--columns split=NAME, or choose other folds"
        )
    cells = [str(cell).strip() for cell in table.frame.loc[table.usable, column]]
    labels, roles = _roles(str(column), cells)
    X, name = table.X, f"the column {column!r}"
    splitter, speakers = ListedFolds(X.index, roles, name), speakers_of(X)
    for label, fold in zip(labels, splitter.folds(X), strict=True):
        refuse_shared("speaker", speakers, fold, f"{name}: {label}")
    return splitter


def _roles(column: str, cells: list[str]) -> tuple[list[str], np.ndarray]:
    """Names of the folds, and the role of each clip in each fold, shape (n_clips, n_folds)."""
    values = sorted({cell for cell in cells if cell.lower() not in MISSING}, key=lambda cell: (len(cell), cell))
    parts = {value: part_of_corpus(value) for value in values}
    if any(part in _ROLES for part in parts.values()):
        strange = [value for value, part in parts.items() if part not in _ROLES]
        if strange or not {"train", "test"} <= set(parts.values()):
            raise ProtocolError(
                f"the column {column!r} has the values {listed(values, _NAMED)}, but it must have train and test, with "
                "or without validation, or one value for each fold"
            )
        of_clip = [_ROLES[parts[cell]] if cell in parts else UNUSED for cell in cells]
        return ["its fold"], np.array(of_clip)[:, None]
    if len(values) < 2:
        raise ProtocolError(f"the column {column!r} must have at least two different values (got {len(values)})")
    roles = [[UNUSED if cell not in parts else TEST if cell == value else TRAIN for value in values] for cell in cells]
    return [f"fold {value}" for value in values], np.array(roles)
