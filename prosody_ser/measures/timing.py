"""Pauses, voiced segments and the gaps between them.

A pause is a segment of at least 0.2 s inside the speech in which all 20 ms frames are more than 25 dB below the loud
parts (the 99th percentile). At the edges of the speech, such a segment is a soft onset or end, not a pause. Shorter
gaps are mostly stop closures; 0.2 s is the limit of brief pauses in Campione & Veronis (2002), and 25 dB is the silence
threshold of the syllable nuclei.

References
----------
Campione, E. & Veronis, J. (2002). A large-scale multilingual study of silent pause duration. Proc. Speech
    Prosody, 199-202.
"""

import numpy as np

from ..audio.frames import FRAME_STEP_S
from ..audio.runs import runs
from ..contours import Analysis
from ..contours.intensity import SHORT_WINDOW_S
from .variability import npvi

#: Silence threshold below the 99th percentile of the level, for pauses and syllable nuclei.
SILENCE_DB = 25.0
MIN_PAUSE_S = 0.2


def pauses(analysis: Analysis) -> np.ndarray:
    """Find start and end in s of every pause, shape (n, 2)."""
    times_s, level_db = analysis.short_level
    quiet = runs(level_db < np.quantile(level_db, 0.99) - SILENCE_DB)
    # A quiet frame is quiet over its whole window, so a pause extends half a window beyond the centres.
    starts = times_s[quiet[:, 0]] - SHORT_WINDOW_S / 2
    ends = times_s[quiet[:, 1] - 1] + SHORT_WINDOW_S / 2
    long_enough = ends - starts >= MIN_PAUSE_S - 1e-9
    inside = (quiet[:, 0] > 0) & (quiet[:, 1] < level_db.size)
    return np.column_stack([starts, ends])[long_enough & inside]


def timing_measures(analysis: Analysis) -> dict[str, float]:
    """Compute pause and voicing statistics; mean lengths are NaN if there is nothing to average."""
    pause_s = np.diff(pauses(analysis), axis=1).ravel()
    segments = runs(analysis.voiced)
    voiced_s = np.diff(segments, axis=1).ravel() * FRAME_STEP_S
    gap_s = (segments[1:, 0] - segments[:-1, 1]) * FRAME_STEP_S
    duration_s = analysis.duration_s
    return {
        "pause_rate_per_s": pause_s.size / duration_s,
        "pause_mean_s": pause_s.mean() if pause_s.size else np.nan,
        "pause_max_s": pause_s.max() if pause_s.size else np.nan,
        "pause_share_ratio": pause_s.sum() / duration_s,
        "voiced_share_ratio": analysis.voiced.mean(),
        "voiced_rate_per_s": voiced_s.size / duration_s,
        "voiced_mean_s": voiced_s.mean() if voiced_s.size else np.nan,
        "voiced_sd_s": voiced_s.std() if voiced_s.size > 1 else np.nan,
        "unvoiced_mean_s": gap_s.mean() if gap_s.size else np.nan,
        "unvoiced_sd_s": gap_s.std() if gap_s.size > 1 else np.nan,
        "voiced_npvi_ratio": npvi(voiced_s),
        "unvoiced_npvi_ratio": npvi(gap_s),
    }
