"""What else a command writes lies beside its main file and is named after it."""

from pathlib import Path


def beside(path: Path, what: str = "", suffix: str | None = None) -> Path:
    """``ranking.csv`` with ``-clusters`` and ``.png``: ``ranking-clusters.png``."""
    return path.parent / f"{path.stem}{what}{path.suffix if suffix is None else suffix}"
