"""What was found, as documented JSON: an evaluation, a comparison, scores across corpora."""

from .comparison import Comparison
from .cross import CrossResult
from .evaluation import Result

__all__ = ["Comparison", "CrossResult", "Result", "read_result"]

#: An evaluation, checked against its schema: what a report can rely on.
read_result = Result.read_whole
