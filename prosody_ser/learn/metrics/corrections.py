"""P-values corrected for how many there are.

References
----------
Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B
    57(1), 289-300.
Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2),
    65-70.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

#: The corrections, in words.
CORRECTIONS = {"bh": "Benjamini-Hochberg over all tests (false discovery rate)", "holm": "Holm over all tests"}


def corrected(p_values: ArrayLike, correction: str = "bh") -> np.ndarray:
    """P-values corrected by one of :data:`CORRECTIONS`; those that are undefined (NaN or None) do not count."""
    found = np.array(p_values, dtype=float)
    there = np.isfinite(found)
    own = found[there]
    if correction == "bh" and own.size:
        found[there] = false_discovery_control(own, method="bh")
    elif own.size:
        order = np.argsort(own, kind="stable")
        stepped = np.maximum.accumulate(own[order] * np.arange(own.size, 0, -1))
        own[order] = np.minimum(stepped, 1.0)
        found[there] = own
    return found
