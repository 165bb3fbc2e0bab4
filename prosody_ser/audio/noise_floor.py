"""How quiet a recording gets: the level of the noise that its speech stands in."""

import math

import numpy as np

from .frames import SAMPLE_RATE_HZ

#: Stretches of 20 ms, of which a twentieth is as quiet as the floor or quieter.
STRETCH = SAMPLE_RATE_HZ // 50
QUANTILE = 0.05
#: Digital silence has no level; no converter hears less than this.
LEAST_DB = -120.0


def noise_floor_db(samples: np.ndarray) -> float:
    """Level of the quietest twentieth of a recording, in dB re full scale (RMS), -120 at the least.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        The whole recording at 16 kHz in [-1, 1], silence at its ends included.

    Returns
    -------
    float
        NaN of less than 20 ms.
    """
    n = samples.size // STRETCH
    if not n:
        return math.nan
    stretches = samples[: n * STRETCH].reshape(n, STRETCH)
    power = np.einsum("ij,ij->i", stretches, stretches) / STRETCH  # of an hour, no second copy of its samples
    floor = float(np.quantile(power, QUANTILE))
    return max(10 * math.log10(floor), LEAST_DB) if floor > 0 else LEAST_DB
