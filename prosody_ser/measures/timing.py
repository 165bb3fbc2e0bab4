"""Pauses and voiced segments.

A pause is a stretch inside the speech of at least 0.2 s whose intensity stays more than 25 dB below the loud
parts (the 99th percentile, as in de Jong & Wempe 2009). Shorter gaps are mostly stop closures; 0.2 s is the
border of brief pauses in Campione & Veronis (2002).

References
----------
Campione, E. & Veronis, J. (2002). A large-scale multilingual study of silent pause duration. Proc. Speech
    Prosody, 199-202.
"""

import numpy as np

from ..contours import Analysis

THRESHOLD_DB = 25.0
MIN_PAUSE_S = 0.2


def runs(mask: np.ndarray) -> np.ndarray:
    """First and last-plus-one index of every run of True, shape (n_runs, 2)."""
    edges = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    return np.column_stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)])


def pauses(analysis: Analysis) -> np.ndarray:
    """Start and end in s of every pause, shape (n, 2)."""
    times_s, intensity_db = analysis.intensity
    step = times_s[1] - times_s[0] if times_s.size > 1 else 0.0
    quiet = runs(intensity_db < np.quantile(intensity_db, 0.99) - THRESHOLD_DB)
    spans = times_s[0] + (quiet - 0.5) * step
    return spans[spans[:, 1] - spans[:, 0] >= MIN_PAUSE_S]


def timing_measures(analysis: Analysis) -> dict[str, float]:
    """Pause and voicing statistics; mean lengths are NaN where there is nothing to average."""
    pause_s = np.diff(pauses(analysis), axis=1).ravel()
    voiced = np.isfinite(analysis.pitch.f0_hz)
    segment_s = np.diff(runs(voiced), axis=1).ravel() * analysis.pitch.praat.time_step
    duration_s = analysis.duration_s
    return {
        "pause_rate_per_s": pause_s.size / duration_s,
        "pause_mean_s": pause_s.mean() if pause_s.size else np.nan,
        "pause_share_ratio": pause_s.sum() / duration_s,
        "voiced_share_ratio": voiced.mean(),
        "voiced_rate_per_s": segment_s.size / duration_s,
        "voiced_mean_s": segment_s.mean() if segment_s.size else np.nan,
        "voiced_sd_s": segment_s.std() if segment_s.size > 1 else np.nan,
    }
