"""Rhythm, measured by the modulation spectrum of the amplitude envelope.

The envelope is the square root of the power of 20 ms frames, every 10 ms, without its mean and linear trend, under a
Hann window. Its power spectrum from 1 to 12 Hz is divided at 3 Hz (stress and phrases below) and at 6 Hz (syllables
below, segments above).

References
----------
Tilsen, S. & Arvaniti, A. (2013). Speech rhythm analysis with decomposition of the amplitude envelope.
    Journal of the Acoustical Society of America 134(1), 628-639.
"""

from itertools import pairwise

import numpy as np

from ..audio.filters import hann
from ..audio.frames import FRAME_STEP_S
from ..contours import Analysis

#: Shorter speech does not contain a whole period of 1 Hz.
MIN_SPEECH_S = 1.0
EDGES_HZ = (1.0, 3.0, 6.0, 12.0)
#: Least FFT size, for bins so fine (1/40.96 s) that the band edges hardly depend on the length of the clip.
N_FFT = 4096


def rhythm_measures(analysis: Analysis) -> dict[str, float]:
    """Compute centroid and band shares of the modulation spectrum; NaN for speech shorter than 1 s."""
    names = [f"modulation_{low:g}_{high:g}_ratio" for low, high in pairwise(EDGES_HZ)]
    if analysis.duration_s < MIN_SPEECH_S:
        return dict.fromkeys(["modulation_centroid_hz", *names], np.nan)
    _, level_db = analysis.short_level
    envelope = _without_line(10 ** (level_db / 20))
    n_fft = max(N_FFT, 1 << (envelope.size - 1).bit_length())
    power = np.abs(np.fft.rfft(envelope * hann(envelope.size), n_fft)) ** 2
    frequency_hz = np.arange(power.size) / (n_fft * FRAME_STEP_S)
    edges = np.searchsorted(frequency_hz, EDGES_HZ)
    bands = [power[a:b].sum() for a, b in pairwise(edges)]
    inside = slice(edges[0], edges[-1])
    total = sum(bands)
    if total <= 0:
        return dict.fromkeys(["modulation_centroid_hz", *names], np.nan)
    centroid = power[inside] @ frequency_hz[inside] / total
    return {"modulation_centroid_hz": centroid} | {n: b / total for n, b in zip(names, bands, strict=True)}


def _without_line(envelope: np.ndarray) -> np.ndarray:
    """Subtract the least-squares line from the envelope."""
    centred = envelope - envelope.mean()
    place = np.arange(envelope.size) - (envelope.size - 1) / 2
    return centred - place * (place @ centred) / (place @ place)
