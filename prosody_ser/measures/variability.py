"""The normalised pairwise variability index (nPVI) of a sequence of lengths.

References
----------
Grabe, E. & Low, E. L. (2002). Durational variability in speech and the rhythm class hypothesis. Papers in
    Laboratory Phonology 7, 515-546.
"""

import numpy as np


def npvi(lengths_s: np.ndarray) -> float:
    """Compute the mean of ``|a - b| / ((a + b) / 2)`` over neighbouring lengths: 0 if all are equal, below 2.

    Grabe & Low multiply it by 100; here it is a ratio. NaN with fewer than two lengths.

    Parameters
    ----------
    lengths_s : ndarray of float64, shape (n,)
        Positive.
    """
    if lengths_s.size < 2:
        return np.nan
    return float(np.mean(np.abs(np.diff(lengths_s)) / ((lengths_s[1:] + lengths_s[:-1]) / 2)))
