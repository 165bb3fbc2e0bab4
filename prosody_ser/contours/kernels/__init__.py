"""Compiled inner loops of the contours.

They are written so that numba compiles them quickly at the first use: most arrays come from the caller, because
compiling an allocation takes as long as compiling a short kernel, and most kernels with a single caller are inlined, so
that they are not compiled once more on their own.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
