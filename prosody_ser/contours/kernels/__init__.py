"""Compiled inner loops of the contours."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
