"""A folder of recordings as a table in memory, for a command that takes either."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProsodySerError
from .printing import tell

if TYPE_CHECKING:
    from ..tables.feature_table import FeatureTable


def measured(folder: Path, feature_set: str | None) -> "tuple[FeatureTable, str]":
    """The recordings of a folder, measured as 'extract' does, and what the table is called; stderr says what failed.

    Rows are kept in the cache, so that the same folder is measured once.
    """
    from ..extraction import extract_table
    from .progress import compile_once, progress_bar

    compile_once()
    with progress_bar("measuring", "what is measured is kept: run the same command again to go on") as progress:
        table = extract_table(folder, features=feature_set, progress=progress)
    failed = table.frame[table.frame["status"] != "ok"]
    if len(failed) == len(table.frame):
        first = failed.iloc[0]
        raise ProsodySerError(f"{folder}: none of {len(failed)} recordings could be measured ({first['error']})")
    if len(failed):
        first = failed.iloc[0]
        tell(f"{len(failed)} of {len(table.frame)} recordings failed, e.g. {first['file']}: {first['error']}")
    return table, f"{folder} ({table.about['feature_set']}, {len(table.frame) - len(failed)} recordings measured)"
