"""Which table a command works on: the one named, else ``features.csv`` here, else the built-in corpus."""

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from .progress import progress_bar

DEFAULT_TABLE = Path("features.csv")


def table_or_default(path: Path | None) -> Path | None:
    """The table named, else ``features.csv`` if it is here (which is said), else None."""
    if path is None and os.path.lexists(DEFAULT_TABLE):
        print(f"no table named: taking {DEFAULT_TABLE} in this folder", file=sys.stderr)
        return DEFAULT_TABLE
    return path


def files_read(path: Path | None) -> list[Path]:
    """What reading the table at `path` reads, and no output may replace."""
    from ..tables.file import companion_of

    return [] if path is None else [path, companion_of(path)]


def each_once(paths: Iterable[Path]) -> None:
    """Refuse a file that is named twice."""
    from ..errors import ProsodySerError

    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise ProsodySerError(f"{path}: named twice")
        seen.add(path.resolve())


def short_names(paths: Sequence[Path]) -> list[str]:
    """What files are called where each needs a name: their own names if these tell them apart, else their paths."""
    names = [path.name for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def open_table(path: Path | None, features: str | None):
    """The table at `path`, or `features` of the built-in corpus if that is None; stderr says what to know.

    Returns
    -------
    table : FeatureTable
    name : str
    """
    if path is None:
        print("no table named and no features.csv here: taking the built-in synthetic corpus", file=sys.stderr)
        return _built_in(features), "the built-in synthetic corpus"
    from ..tables.file import read_table

    table = read_table(path)
    if table.about.get("edited"):
        print(f"{path}: changed since 'extract' wrote it; its companion names the features", file=sys.stderr)
    if table.guessed:
        print(f"{path}: taken as features: {_listed(table.feature_names)}", file=sys.stderr)
    if table.set_aside:
        print(f"{path}: columns set aside, not used: {_listed(table.set_aside)}", file=sys.stderr)
    return table, str(path)


def folds_or_file(folds: str, split_file: Path | None, table):
    """The folds named, or those read from a file for this table; stderr says what the table lacks of them."""
    if split_file is None:
        return folds
    from ..errors import ProtocolError
    from ..learn.splits.split_file import read_split

    if folds != "auto":
        raise ProtocolError("both --folds and --split-file are given: take one")
    found = read_split(split_file, table)
    if found.n_absent:
        print(
            f"{split_file}: {found.n_absent} of its clips are not in the table: the score is of a part of them",
            file=sys.stderr,
        )
    return found


def _listed(names):
    shown = ", ".join(names[:12])
    return shown if len(names) <= 12 else f"{shown} and {len(names) - 12} more"


def _built_in(features):
    from ..catalogue import DEFAULT_SET
    from ..extraction import extract_table
    from ..synth import synthesise

    with tempfile.TemporaryDirectory(prefix="prosody-ser-") as folder:
        with progress_bar("synthesising") as progress:
            synthesise(folder, progress=progress)
        with progress_bar("measuring") as progress:
            return extract_table(folder, features=features or DEFAULT_SET, progress=progress)
