"""The table that a command works on: the one named, else the one that ``extract`` wrote last here, else EMO-DB's."""

import os
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProsodySerError, ProtocolError, listed
from .printing import print_notice

if TYPE_CHECKING:
    from ..learn.splits.listed import ListedFolds
    from ..tables.feature_table import FeatureTable

#: Largest number of names that a message lists.
_SHOWN = 12
_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)")
BUILT_IN = "the built-in EMO-DB table (ten German actors, not your recordings)"
#: What the user writes in place of a file to choose that table.
BUILT_IN_NAME = "built-in"


def is_built_in(path: Path | None) -> bool:
    """Whether the user names the built-in table, and not a file of that name."""
    return path is not None and str(path) == BUILT_IN_NAME and not os.path.lexists(path)


def table_or_default(path: Path | None) -> Path | None:
    """Give the table named, else the one written last in this folder, else None; print which, unless it was named."""
    table = path or _newest()
    if table is None:
        print_notice(f"no table was named and this folder has none: using {BUILT_IN}")
    return table


def last_table() -> Path:
    """Give the table written last in this folder and print its name; raise an error if there is none."""
    table = _newest()
    if table is None:
        raise ProsodySerError(
            "no table was named and this folder has none: run 'prosody-ser extract DIR OUT.csv' first"
        )
    return table


def _newest() -> Path | None:
    """Give the table written last in this folder, or None; print its name and those of the others."""
    from ..tables.latest import tables_in

    tables = tables_in()
    if not tables:
        return None
    others = f"; the folder also has {listed(tables[1:], _SHOWN)}" if tables[1:] else ""
    print_notice(
        f"no table was named: using {tables[0]}, which was written last in this folder{others} "
        f"({BUILT_IN_NAME!r} names the table of EMO-DB)"
    )
    return tables[0]


def files_read(path: Path | None) -> list[Path]:
    """List the files that belong to the table at `path`, which no output may replace."""
    from ..tables.file import companion_of

    return [] if path is None else [path, companion_of(path)]


def each_once(paths: Iterable[Path]) -> None:
    """Refuse paths in which a file occurs twice."""
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise ProsodySerError(f"{path}: this file is named twice")
        seen.add(path.resolve())


def short_names(paths: Sequence[Path]) -> list[str]:
    """Name files in a message or a table: by their names if these differ, else by their paths."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def open_table(
    path: Path | None, features: str | None = None, family: str | None = None, columns: str | None = None
) -> "tuple[FeatureTable, str]":
    """Open the table at `path`, or the built-in one if that is None, with the chosen features; print notes on stderr.

    Parameters
    ----------
    path : Path or None
    features, family : str, optional
        Comma-separated; see :func:`prosody_ser.tables.columns.with_features`.
    columns : str, optional
        See :func:`columns_asked`.

    Returns
    -------
    table : FeatureTable
    name : str
        Description of the table for the output of a command.
    """
    from ..tables.columns import with_features
    from ..tables.file import read_table
    from ..tables.sequences import is_of_frames, read_sequences

    chosen = words(features, "--features"), words(family, "--family")
    asked = columns_asked(columns)
    if asked and (path is None or is_of_frames(path)):
        raise ProsodySerError("--columns can be used only with a table of your own that has one row per clip")
    if path is None:
        from ..catalogue import DEFAULT_SET
        from ..datasets.emodb_features import load_emodb_features

        return with_features(load_emodb_features(None if features else DEFAULT_SET), *chosen), BUILT_IN
    if is_of_frames(path):
        return with_features(read_sequences(path), *chosen), str(path)
    table = read_table(path, asked)
    _print_label_notes(path, table)
    if table.about.get("edited"):
        print_notice(
            f"{path}: the table was changed after 'extract' wrote it; its features are those named in {path}.json"
        )
    if table.guessed:
        print_notice(f"{path}: these columns are used as features: {_all_named(table.feature_names)}")
    if table.other_columns:
        why = "" if table.guessed else ", because 'extract' did not measure them"
        print_notice(f"{path}: these columns are not used as features{why}: {listed(table.other_columns, _SHOWN)}")
    return with_features(table, *chosen), str(path)


def _print_label_notes(path: Path, table: "FeatureTable") -> None:
    """Print how the table was read, and which of its classes are perhaps not emotions."""
    from ..datasets.label_words import doubtful_classes

    for note in table.notes:
        print_notice(f"{path}: {note}")
    for note in doubtful_classes(path, table.frame["emotion"]):
        print_notice(note)


def columns_asked(text: str | None) -> dict[str, str] | None:
    """Parse ``--columns``, such as ``emotion=gt_emotion,speaker=id``: our names of columns to those in the file."""
    if text is None:
        return None
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    wrong = next((pair for pair in pairs if not (pair[0].strip() and pair[2].strip())), None)
    if wrong is not None or not pairs:
        part = "".join(wrong or ("",))
        raise ProsodySerError(
            f"--columns {part!r}: expected comma-separated pairs OURS=YOURS, such as emotion=gt_emotion,speaker=id"
        )
    columns = {ours.strip().lower(): theirs.strip() for ours, _, theirs in pairs}
    if len(columns) < len(pairs):
        raise ProsodySerError(f"--columns {text!r}: a column name on the left of '=' occurs twice")
    return columns


def _all_named(names: Sequence[str]) -> str:
    """List every name, so that the user can see whether one holds the label; shorten long numbered series.

    >>> _all_named(["f0", *(f"mel_{k}" for k in range(40))])
    'f0, mel_0 to mel_39 (40 columns)'
    """
    parts: list[str] = []
    for _, group in groupby(enumerate(names), key=_series):
        series = [name for _, name in group]
        parts += series if len(series) <= _SHOWN else [f"{series[0]} to {series[-1]} ({len(series)} columns)"]
    return ", ".join(parts)


def _series(position_and_name: tuple[int, str]) -> tuple[str | int, ...]:
    """Give the same key to neighbouring names that differ only in a number which counts up by one."""
    position, name = position_and_name
    numbered = _NUMBERED.fullmatch(name)
    return (numbered[1], numbered[3], int(numbered[2]) - position) if numbered else (name, position)


def words(text: str | None, option: str) -> list[str] | None:
    """Split a comma-separated option; None if it is not given. An empty list and a repeated word are errors."""
    if text is None:
        return None
    values = [word.strip() for word in text.split(",") if word.strip()]
    if not values:
        raise ProsodySerError(f"{option} is empty: give one or more values, comma-separated")
    repeated = [word for word in values if values.count(word) > 1]
    if repeated:
        raise ProsodySerError(f"{option}: {repeated[0]} is named twice")
    return values


def warn_about_long_fits(models: Iterable[str], n_clips: int) -> None:
    """Warn on stderr about each model whose fits on so many clips take many minutes, before the first fit begins."""
    from ..learn.classifiers.registry import takes_long

    for sentence in filter(None, (takes_long(model, n_clips) for model in models)):
        print_notice(f"prosody-ser: {sentence}")


def folds_or_file(folds: str, split_file: Path | None, table: "FeatureTable") -> "str | ListedFolds":
    """Give the folds named, or those read from a file; print how many of the file's clips the table lacks."""
    if split_file is None:
        from ..learn.splits.split_column import with_split_column

        return with_split_column(folds, table)
    from ..learn.splits.split_file import read_split

    if folds != "auto":
        raise ProtocolError("both --folds and --split-file are given: give only one")
    listed_folds = read_split(split_file, table)
    if listed_folds.n_absent:
        print_notice(
            f"{split_file}: {listed_folds.n_absent} of its clips are missing from the table, so the score is computed "
            "without them"
        )
    return listed_folds
