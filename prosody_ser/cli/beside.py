"""Names of a command's further output files: they are in the folder of the main file and named after it."""

from pathlib import Path


def beside(path: Path, what: str = "", suffix: str | None = None) -> Path:
    """Name a file after another: ``ranking.csv`` with ``-clusters`` and ``.png`` gives ``ranking-clusters.png``."""
    return path.parent / f"{path.stem}{what}{path.suffix if suffix is None else suffix}"
