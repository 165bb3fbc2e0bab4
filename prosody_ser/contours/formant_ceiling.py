"""Choose the formant ceiling of a clip: 5375 Hz, or 7000 Hz for a vocal tract as short as a child's.

Burg's method always returns five formants below the ceiling, so the ceiling has to be at the frequency below which
this voice has about five: usually 5000 Hz for men and 5500 Hz for women. A tube of length ``L`` that is closed at the
glottis resonates at ``(k - 1/2) c / 2L`` (Fant 1960). For vowels from vocal tracts of known length, a ceiling of
5375 Hz finds F1 to F3 for lengths from 14 to 18.5 cm, and 7000 Hz for 11.5 to 14 cm, where the lower ceiling makes F2
up to 45 % too low. Between 13 and 14 cm the choice can be wrong, and F3 of a high voice may be a third too low.

A ceiling that follows the length of the vocal tract more closely would have to be estimated from each clip alone, but
the vowels of a clip influence such an estimate more than the vocal tract does (Lammert & Narayanan 2015): five times
the spacing of F3 and F4 varied by 150 to 330 Hz between clips of one speaker, and the formants varied with it. Two
classes of sex, predicted from spacing and pitch together, are wrong in 7 to 22 % of the clips and bring no gain. A
ceiling that follows pitch would transfer the emotion in the pitch to F3. The results are in ``benchmarks/README.md``.

A short vocal tract has fewer than five formants below 5375 Hz, so that the fifth pole falls between them and widens
them. Both ceilings are tried. The higher one is used if the median bandwidths of F1 to F3 add up to less than

    ``0.9 sqrt(f0 / 250 Hz)``

times their sum for 5375 Hz, where f0 is the median pitch. Pitch alone does not decide: an excited voice an octave
higher must fulfil this condition, too.

References
----------
Fant, G. (1960). Acoustic theory of speech production. Mouton.
Lammert, A. C. & Narayanan, S. S. (2015). On short-time estimation of vocal tract length from formant frequencies.
    PLoS ONE 10(7), e0132193.
"""

from collections.abc import Callable

import numpy as np

#: Both are multiples of 125 Hz, for which Burg's method is exact and fast.
USUAL_HZ, SHORT_TRACT_HZ = 5375.0, 7000.0
#: Largest ratio of the bandwidths with the higher and the lower ceiling for a short vocal tract, at this pitch.
NARROWED, NARROWED_AT_HZ = 0.9, 250.0
MIN_FRAMES = 5
#: Only every third voiced frame is used, which gives the same decision.
STRIDE = 3

#: A function of times in s and a ceiling in Hz that returns frequencies and bandwidths in Hz, shape (5, n_times).
Track = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]


def ceiling_of(track: Track, voiced_times_s: np.ndarray, f0_hz: np.ndarray) -> float:
    """Choose the ceiling below which this voice has five formants.

    Parameters
    ----------
    track : callable
        Finds the formants of the clip at given times, below a given ceiling.
    voiced_times_s : ndarray of float64, shape (n_voiced,)
        Centres of the voiced frames in s. With fewer than five frames the result is 5375.
    f0_hz : ndarray of float64, shape (n_voiced,)
        Fundamental frequency of those frames.

    Returns
    -------
    float
        In Hz, 5375 or 7000.
    """
    if voiced_times_s.size < MIN_FRAMES:
        return USUAL_HZ
    times_s = voiced_times_s[::STRIDE]
    bandwidths = [track(times_s, ceiling_hz)[1][:3] for ceiling_hz in (USUAL_HZ, SHORT_TRACT_HZ)]
    if np.isnan(bandwidths).all(axis=2).any():
        return USUAL_HZ
    usual, short = np.nanmedian(bandwidths, axis=2).sum(axis=1)
    enough = NARROWED * np.sqrt(np.median(f0_hz) / NARROWED_AT_HZ)
    return SHORT_TRACT_HZ if short < enough * usual else USUAL_HZ
