"""The formant ceiling of a clip: 5375 Hz, or 7000 Hz where the vocal tract is heard to be as short as a child's.

Burg's method finds the five formants it is asked for wherever the ceiling is put, so the ceiling has to lie where
this voice has about five: customarily 5000 Hz for men and 5500 Hz for women. A tube of length ``L`` that is closed
at the glottis resonates at ``(k - 1/2) c / 2L`` (Fant 1960). Of vowels from tracts of known length 5375 Hz finds F1
to F3 from 14 to 18.5 cm, and 7000 Hz from 11.5 to 14 cm, where the lower ceiling reads F2 up to 45 % too low.
Between 13 and 14 cm the choice is not always heard: there F3 of a high voice may still be a third too low.

A ceiling that follows the tract more closely would have to be told from each clip alone, and the vowels of a clip
move such an estimate more than the tract does (Lammert & Narayanan 2015): five times the spacing of F3 and F4 varied
by 150 to 330 Hz among one speaker's clips, and the formants with it. Two classes of sex, told from spacing and pitch
together, are wrong in 7 to 22 % of clips and gain nothing. A ceiling that follows pitch would carry the emotion in
the pitch into F3. The table is in ``benchmarks/README.md``.

A short tract has less than five formants below 5375 Hz, so that the fifth pole falls between them and widens them.
Both ceilings are tried, and the higher is taken where the median bandwidths of F1 to F3 add up to less than

    ``0.9 sqrt(f0 / 250 Hz)``

times their sum below 5375 Hz, with the median pitch. Pitch alone decides nothing: an excited voice an octave higher
still has to be narrowed.

References
----------
Fant, G. (1960). Acoustic theory of speech production. Mouton.
Lammert, A. C. & Narayanan, S. S. (2015). On short-time estimation of vocal tract length from formant frequencies.
    PLoS ONE 10(7), e0132193.
"""

from collections.abc import Callable

import numpy as np

#: Burg's method is exact and quick at multiples of 125 Hz.
USUAL_HZ, SHORT_TRACT_HZ = 5375.0, 7000.0
#: The share of their bandwidths to which the higher ceiling narrows the formants of a short tract, at this pitch.
NARROWED, NARROWED_AT_HZ = 0.9, 250.0
MIN_FRAMES = 5
#: Every third voiced frame tells as much as all of them.
STRIDE = 3

#: Times in s and a ceiling in Hz to frequencies and bandwidths in Hz, each of shape (5, n_times).
Track = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]


def ceiling_of(track: Track, voiced_times_s: np.ndarray, f0_hz: np.ndarray) -> float:
    """The ceiling below which this voice has five formants.

    Parameters
    ----------
    track : callable
        Finds the formants of one speaker's speech at given times below a given ceiling.
    voiced_times_s : ndarray of float64, shape (n_voiced,)
        Centres of the voiced frames in s. With fewer than five the answer is 5375.
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
