"""Correct octave errors of a pitch track.

A voice changes by at most about one semitone in 10 ms (Xu & Sun 2002 measured up to 100 st/s). A jump by about an
octave between neighbouring frames that is followed by a jump back within 60 ms is therefore an error of the pitch
tracker. A jump that is not followed by one back is left unchanged: it may be a change of register, and no rule can
decide which side is right.

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
    """Move short octave errors back by an octave.

    Parameters
    ----------
    f0_hz : ndarray of float64, shape (n_frames,)
        NaN where unvoiced.

    Returns
    -------
    ndarray of float64, shape (n_frames,)
    """
    leap_st = np.diff(hz_to_st(f0_hz))
    leaps = np.flatnonzero(np.abs(leap_st) > LEAP_ST)  # comparisons with NaN are False, so gaps are not leaps
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
            i += 1  # the jump back is not the beginning of the next error
    return mended
