"""The documents of ``benchmarks/`` as pages, so that a figure and the command that measured it are one click apart."""

import re
from pathlib import Path

#: A link to a file of the repository that is no page, such as a module: its text alone is kept.
_ELSEWHERE = re.compile(r"\[([^\]]+)\]\((?:\.\./[^)]+)\)")


def pages(root: Path) -> dict[str, str | bytes]:
    """Each document and picture under its own name."""
    folder = root / "benchmarks"
    made: dict[str, str | bytes] = {f"benchmarks/{path.name}": path.read_bytes() for path in folder.glob("*.png")}
    for path in sorted(folder.glob("*.md")):
        made[f"benchmarks/{path.name}"] = _ELSEWHERE.sub(r"\1", path.read_text("utf-8"))
    return made
