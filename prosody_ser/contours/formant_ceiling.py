"""The formant ceiling of a clip, from the length of the vocal tract that is heard and not from the speaker's sex.

Burg's method finds the five formants it is asked for wherever the ceiling is put, so the ceiling has to lie where
this voice has five: customarily 5000 Hz for men and 5500 Hz for women. A tube of length ``L`` that is closed at the
glottis resonates at ``F_k = (k - 1/2) dF`` with ``dF = c / 2L`` (Fant 1960), so that five formants fit below
``5 dF``. Vowels move F1 and F2 far from the tube's, F3 and F4 less (Lammert & Narayanan 2015). A first pass between
the two customary ceilings, at 5250 Hz, gives

    ``ceiling = 5 dF``,  ``dF = (median F3 / 2.5 + median F4 / 3.5) / 2``

A tract as short as a child's has only four formants there. The fifth pole then falls between them and widens them:
where the median bandwidths of F1 to F3 add up to 10 % less with a ceiling of 6500 Hz, 6500 Hz it is.

Fundamental frequency is not asked, since an excited voice is higher but its tract no shorter. The smoothest tracks
over nine ceilings (after Weenink 2015) or the least variance (after Escudero et al. 2009) take more passes and
vary about twice as much among one speaker's clips.

References
----------
Escudero, P., Boersma, P., Rauber, A. S. & Bion, R. A. H. (2009). A cross-dialect acoustic description of vowels:
    Brazilian and European Portuguese. JASA 126(3), 1379-1393.
Fant, G. (1960). Acoustic theory of speech production. Mouton.
Lammert, A. C. & Narayanan, S. S. (2015). On short-time estimation of vocal tract length from formant frequencies.
    PLoS ONE 10(7), e0132193.
Weenink, D. (2015). Improved formant frequency measurements of short segments. Proc. 18th ICPhS, Glasgow.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from .kernels.burg import Resampler, formants_of

FIRST_PASS_HZ = 5250.0
LOWEST_HZ, HIGHEST_HZ = 4500.0, 6500.0  # tracts of 19.4 and 13.5 cm
#: A second pass at the highest ceiling has to narrow the formants to this share.
NARROWED = 0.9
#: Where there is too little voice to tell.
DEFAULT_HZ = 5500.0
MIN_FRAMES = 5
#: Every third voiced frame tells as much as all of them.
STRIDE = 3
#: Burg's method is exact and quick at these.
STEP_HZ = 125.0

#: Times in s and a ceiling in Hz to frequencies and bandwidths in Hz, each of shape (5, n_times).
Track = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]


def choose_ceiling(samples: np.ndarray, sample_rate_hz: int, voiced_times_s: np.ndarray) -> float:
    """The ceiling below which this voice has five formants.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech of one speaker.
    sample_rate_hz : int
    voiced_times_s : ndarray of float64, shape (n_voiced,)
        Centres of the voiced frames in s. With fewer than 5 the answer is 5500.

    Returns
    -------
    float
        In Hz, 4500 to 6500 in steps of 125.
    """
    return ceiling_of(partial(formants_of, Resampler(samples, sample_rate_hz)), voiced_times_s)


def ceiling_of(track: Track, voiced_times_s: np.ndarray) -> float:
    """:func:`choose_ceiling` for a sound whose formants `track` finds at given times below a given ceiling."""
    if voiced_times_s.size < MIN_FRAMES:
        return DEFAULT_HZ
    times_s = voiced_times_s[::STRIDE]
    frequency, bandwidth = track(times_s, FIRST_PASS_HZ)
    _, bandwidth_above = track(times_s, HIGHEST_HZ)
    rows = np.vstack([frequency[2:4], bandwidth[:3], bandwidth_above[:3]])
    if np.isnan(rows).all(axis=1).any():
        return DEFAULT_HZ
    medians = np.nanmedian(rows, axis=1)
    if medians[5:].sum() < NARROWED * medians[2:5].sum():
        return HIGHEST_HZ
    spacing_hz = (medians[0] / 2.5 + medians[1] / 3.5) / 2
    return float(np.clip(STEP_HZ * round(5 * spacing_hz / STEP_HZ), LOWEST_HZ, HIGHEST_HZ))
