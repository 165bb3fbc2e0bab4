"""Find the tables in a folder that this package wrote, newest first."""

import os
from pathlib import Path

from ..errors import TableError
from .feature_table import CLIPS
from .file import about_of


def tables_in(folder: str | os.PathLike = ".", level: str = CLIPS) -> list[Path]:
    """Return the tables in a folder that ``extract`` (or :func:`write_table`) wrote, according to their descriptions.

    These are ``.csv`` and ``.parquet`` files with rows of the given level (``clips`` or ``frames``), newest first, and
    by name if they have the same time.
    """
    tables = []
    for path in Path(folder).iterdir():
        if path.suffix.lower() not in (".csv", ".parquet") or not path.is_file():
            continue
        try:
            about = about_of(path)
            written = path.stat().st_mtime_ns
        except (OSError, TableError):
            continue  # not a table of this package
        if about.get("features") and about.get("level", CLIPS) == level:
            tables.append((-written, path.name, path))
    return [path for _, _, path in sorted(tables)]
