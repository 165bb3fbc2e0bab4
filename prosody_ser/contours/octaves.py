"""Octave slips of a pitch track, and how they are mended.

A voice moves by at most about a semitone in 10 ms (Xu & Sun 2002 measured up to 100 st/s); a leap near an octave
between neighbouring frames that leaps back within 60 ms is the tracker's, not the speaker's. A leap that stays is
left as it is: it may be a change of register, and no rule can tell which side is right.

References
----------
Xu, Y. & Sun, X. (2002). Maximum speed of pitch change and how it may relate to speech. Journal of the Acoustical
    Society of America 111(3), 1399-1413.
"""

import numpy as np

from ..audio.frames import FRAME_STEP_S
from ..units import hz_to_st

LEAP_ST = 9.0
OCTAVE_ST = 12.0
MAX_SLIP_S = 0.06


def mend_octave_slips(f0_hz: np.ndarray) -> np.ndarray:
    """Short slips by an octave moved back by that octave.

    Parameters
    ----------
    f0_hz : ndarray of float64, shape (n_frames,)
        NaN where unvoiced.

    Returns
    -------
    ndarray of float64, shape (n_frames,)
    """
    leap_st = np.diff(hz_to_st(f0_hz))
    leaps = np.flatnonzero(np.abs(leap_st) > LEAP_ST)  # a comparison with NaN is False: gaps are no leaps
    mended = f0_hz
    i = 0
    while i + 1 < len(leaps):
        before, after = leaps[i], leaps[i + 1]
        i += 1
        slip = slice(before + 1, after + 1)
        there_and_back = leap_st[before] * leap_st[after] < 0
        short = (after - before) * FRAME_STEP_S <= MAX_SLIP_S
        near_octave = all(abs(abs(leap_st[k]) - OCTAVE_ST) < OCTAVE_ST - LEAP_ST for k in (before, after))
        if there_and_back and short and near_octave and np.isfinite(f0_hz[slip]).all():
            mended = mended.copy() if mended is f0_hz else mended
            mended[slip] *= 0.5 if leap_st[before] > 0 else 2.0
            i += 1  # the leap back is not the next slip's beginning
    return mended
