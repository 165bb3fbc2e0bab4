"""Frame-level descriptors: audio in, values on the clip's one grid of 10 ms frames out. Undefined frames are NaN."""

from .. import compiled_code  # noqa: F401 - it goes before all that numba compiles
from .analysis import Analysis
from .groups import GROUPS, contour_matrix
from .pitch import PitchRange

__all__ = ["GROUPS", "Analysis", "PitchRange", "contour_matrix"]
