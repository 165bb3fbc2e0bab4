"""What was found, as documented JSON: an evaluation, a comparison, scores across corpora."""

from .checked import read_result
from .evaluation import Result

__all__ = ["Result", "read_result"]
