"""P-values corrected for multiple testing.

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

#: The corrections, with their descriptions.
CORRECTIONS = {"bh": "Benjamini-Hochberg over all tests (false discovery rate)", "holm": "Holm over all tests"}


def corrected(p_values: ArrayLike, correction: str = "bh") -> np.ndarray:
    """Correct p-values by one of :data:`CORRECTIONS`; undefined ones (NaN or None) are ignored."""
    result = np.array(p_values, dtype=float)
    defined = np.isfinite(result)
    values = result[defined]
    if correction == "bh" and values.size:
        result[defined] = false_discovery_control(values, method="bh")
    elif values.size:
        order = np.argsort(values, kind="stable")
        stepped = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
        values[order] = np.minimum(stepped, 1.0)
        result[defined] = values
    return result
