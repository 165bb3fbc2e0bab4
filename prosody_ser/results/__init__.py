"""Results as documented JSON files: an evaluation, a comparison, scores across corpora."""

from os import PathLike

from .comparison import Comparison
from .cross import CrossResult
from .document import loaded
from .evaluation import Result

__all__ = ["Comparison", "CrossResult", "Result", "read_any", "read_result"]

#: Read an evaluation and check it against its schema, so that a report can rely on it.
read_result = Result.read_whole


def read_any(path: str | PathLike) -> Result | Comparison | CrossResult:
    """Read a result of any command (cv, tune, compare, cross), and check it against its schema.

    Raises
    ------
    ProsodySerError
        If the file cannot be read, or is not a complete result of this release.
    """
    data = loaded(path)
    kind = next((kind for kind in (Result, Comparison, CrossResult) if kind.schema == data.get("schema")), Result)
    return kind._of(data, path)._whole(path)
