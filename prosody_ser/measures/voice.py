"""Jitter and shimmer: how much neighbouring glottal periods differ in length and in amplitude.

Praat's own commands on its pulses, with Praat's default limits: periods from 0.1 to 20 ms, neighbouring
periods at most a factor 1.3 apart, amplitudes at most 1.6.

References
----------
Boersma, P. (2009). Should jitter be measured by peak picking or by waveform matching? Folia Phoniatrica et
    Logopaedica 61, 305-308.
"""

from parselmouth.praat import call

from ..contours import Analysis

SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.0001, 0.02
MAX_PERIOD_FACTOR, MAX_AMPLITUDE_FACTOR = 1.3, 1.6


def voice_measures(analysis: Analysis) -> dict[str, float]:
    """Local jitter and shimmer as ratios; NaN with too few periods."""
    limits = (0, 0, SHORTEST_PERIOD_S, LONGEST_PERIOD_S, MAX_PERIOD_FACTOR)
    pulses = analysis.pulses
    return {
        "jitter_local_ratio": call(pulses, "Get jitter (local)", *limits),
        "shimmer_local_ratio": call([analysis.sound, pulses], "Get shimmer (local)", *limits, MAX_AMPLITUDE_FACTOR),
    }
