"""The documents of ``benchmarks/`` as pages, so that figures can link to the commands that measured them."""

import re
from pathlib import Path

#: A link to a file of the repository that is not a page, such as a module; only its text is kept.
_ELSEWHERE = re.compile(r"\[([^\]]+)\]\((?:\.\./[^)]+)\)")


def pages(root: Path) -> dict[str, str | bytes]:
    """Give each document and picture under its own name."""
    folder = root / "benchmarks"
    made: dict[str, str | bytes] = {f"benchmarks/{path.name}": path.read_bytes() for path in folder.glob("*.png")}
    for path in sorted(folder.glob("*.md")):
        text = path.read_text("utf-8").replace("](../docs/", "](/")
        made[f"benchmarks/{path.name}"] = _ELSEWHERE.sub(r"\1", text)
    return made
