"""What was found, as documented JSON: an evaluation, a comparison, scores across corpora."""

from os import PathLike

from .comparison import Comparison
from .cross import CrossResult
from .document import loaded
from .evaluation import Result

__all__ = ["Comparison", "CrossResult", "Result", "read_any", "read_result"]

#: An evaluation, checked against its schema: what a report can rely on.
read_result = Result.read_whole


def read_any(path: str | PathLike) -> Result | Comparison | CrossResult:
    """Read a result of whatever command (cv, tune, compare, cross), and check it against its schema.

    Raises
    ------
    ProsodySerError
        If the file cannot be read, or is no whole result of this release.
    """
    data = loaded(path)
    kind = next((kind for kind in (Result, Comparison, CrossResult) if kind.schema == data.get("schema")), Result)
    return kind._of(data, path)._whole(path)
