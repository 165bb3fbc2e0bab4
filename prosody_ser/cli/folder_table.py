"""A folder of recordings as a feature table in memory, for commands that take either."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProsodySerError, counted, none_of
from .printing import print_notice

if TYPE_CHECKING:
    from ..tables.feature_table import FeatureTable


def measured(folder: Path, feature_set: str | None) -> "tuple[FeatureTable, str]":
    """Measure the recordings of a folder as 'extract' does; print on stderr how many failed.

    Rows are kept in the cache, so that the same folder is measured only once.

    Returns
    -------
    table : FeatureTable
    name : str
        Description of the table for the output of a command.
    """
    from ..extraction import extract_table
    from .progress import GOES_ON, compile_once, progress_bar

    compile_once()
    with progress_bar("measuring", GOES_ON) as progress:
        table = extract_table(folder, features=feature_set, progress=progress)
    failed = table.frame[table.frame["status"] != "ok"]
    if len(failed) == len(table.frame):
        first = failed.iloc[0]
        raise ProsodySerError(
            f"{folder}: {none_of(len(failed), 'recording', 'could', 'be measured')} ({first['error']})"
        )
    if len(failed):
        first = failed.iloc[0]
        print_notice(
            f"{len(failed)} of {counted(len(table.frame), 'recording')} failed, e.g. {first['file']}: {first['error']}"
        )
    return (
        table,
        f"{folder} ({table.about['feature_set']}, {counted(len(table.frame) - len(failed), 'recording')} measured)",
    )
