"""Syllable nuclei and speech rate, without a transcript.

A nucleus is a voiced peak of the intensity contour within 25 dB of the loud parts (its 99th percentile), with a
dip of at least 2 dB between it and the nucleus before; where the dip is shallower, only the louder of the two
peaks counts.

The method is that of de Jong & Wempe; the threshold is that of version 2 of their script (Quene, Persoon & de Jong
2010; the paper uses the median). Differences from the script: intensity and pitch are those of this package (75 Hz
window, two passes); voicing is checked before the dips, not after; of two peaks without a dip, the louder one counts,
not the earlier one; the last peak of the clip counts, too.

References
----------
de Jong, N. H. & Wempe, T. (2009). Praat script to detect syllable nuclei and measure speech rate
    automatically. Behavior Research Methods 41(2), 385-390.
"""

import numpy as np

from ..contours import Analysis
from .timing import SILENCE_DB, pauses
from .variability import npvi

MIN_DIP_DB = 2.0


def syllable_nuclei(analysis: Analysis) -> np.ndarray:
    """Find the times in s of the syllable nuclei, shape (n,)."""
    intensity_db = analysis.intensity_db
    threshold = np.quantile(intensity_db, 0.99) - SILENCE_DB
    inner = intensity_db[1:-1]
    peaks = 1 + np.flatnonzero((inner > intensity_db[:-2]) & (inner >= intensity_db[2:]) & (inner > threshold))
    return analysis.times_s[_after_dips(intensity_db, peaks[analysis.voiced[peaks]])]


def _after_dips(intensity_db: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """Keep only the louder one of neighbouring peaks without a dip of 2 dB between them."""
    kept: list[int] = []
    for peak in peaks:
        if kept:
            dip = intensity_db[kept[-1] : peak + 1].min()
            if min(intensity_db[kept[-1]], intensity_db[peak]) - dip < MIN_DIP_DB:
                if intensity_db[peak] > intensity_db[kept[-1]]:
                    kept[-1] = peak
                continue
        kept.append(peak)
    return np.array(kept, dtype=int)


def syllable_measures(analysis: Analysis) -> dict[str, float]:
    """Compute speech rate, articulation rate (without pauses), and the variability of syllable intervals."""
    nuclei_s = syllable_nuclei(analysis)
    interval_s = np.diff(nuclei_s)
    phonation_s = analysis.duration_s - sum(end - start for start, end in pauses(analysis))
    return {
        "speech_rate_per_s": nuclei_s.size / analysis.duration_s,
        "articulation_rate_per_s": nuclei_s.size / phonation_s,
        "syllable_interval_sd_s": interval_s.std() if interval_s.size > 1 else np.nan,
        "syllable_npvi_ratio": npvi(interval_s),
    }
