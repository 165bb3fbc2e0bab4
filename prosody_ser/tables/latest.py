"""The tables of a folder that this package wrote, the last one first."""

import os
from pathlib import Path

from ..errors import TableError
from .feature_table import CLIPS
from .file import about_of


def tables_in(folder: str | os.PathLike = ".", level: str = CLIPS) -> list[Path]:
    """Tables that ``extract`` (or :func:`write_table`) wrote in a folder, known by what stands beside or inside them.

    ``.csv`` and ``.parquet``, the one written last first, those of equal time by name; their rows are all ``clips``, or
    all ``frames``.
    """
    tables = []
    for path in Path(folder).iterdir():
        if path.suffix.lower() not in (".csv", ".parquet") or not path.is_file():
            continue
        try:
            about = about_of(path)
            written = path.stat().st_mtime_ns
        except (OSError, TableError):
            continue  # somebody else's file
        if about.get("features") and about.get("level", CLIPS) == level:
            tables.append((-written, path.name, path))
    return [path for _, _, path in sorted(tables)]
