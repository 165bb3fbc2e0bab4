"""Frame-level descriptors (contours) of a clip, on its grid of 10 ms frames. Undefined frames are NaN."""

from .. import compiled_code  # noqa: F401 - it must be imported before numba compiles anything
from .analysis import Analysis
from .groups import GROUPS, contour_matrix
from .pitch import PitchRange

__all__ = ["GROUPS", "Analysis", "PitchRange", "contour_matrix"]
