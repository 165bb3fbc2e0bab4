"""Jitter and shimmer: the differences of neighbouring glottal periods in length and in amplitude.

These are all of Praat's measures (manual pages "PointProcess: Get jitter (local)...", "PointProcess & Sound: Get
shimmer (local)..." and related pages) with its standard limits, from one list of pulses. A perturbation quotient of k
periods is ::

    mean over all runs of k like neighbours of |x_middle - mean(x_run)|  /  mean(x)

with x the lengths of the periods (jitter: rap has k = 3, ppq5 has 5) or their amplitudes (shimmer: apq3, apq5,
apq11). Local measures take ``|x_1 - x_2|`` of two neighbours; ddp and dda, the differences of differences, are
three times rap and apq3. Periods are alike if both last 0.1 to 20 ms and the longer at most 1.3 times the shorter;
amplitudes if the larger is at most 1.6 times the smaller and their pulses are 0.1 to 20 ms apart. So runs end at the
gaps between voiced segments.

References
----------
Boersma, P. (2009). Should jitter be measured by peak picking or by waveform matching? Folia Phoniatrica et
    Logopaedica 61, 305-308.
Boersma, P. & Weenink, D. Praat: doing phonetics by computer, version 6.1.38. Manual, "Voice 2. Jitter" and
    "Voice 3. Shimmer".
"""

import math

import numpy as np
from numba import njit
from numpy.lib.stride_tricks import sliding_window_view

from ..contours import Analysis
from ..contours.grid import MARGIN

SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.0001, 0.02
MAX_PERIOD_FACTOR, MAX_AMPLITUDE_FACTOR = 1.3, 1.6
#: The amplitude of a pulse is measured within this share of the periods before and after it.
WINDOW_SHARE = 0.2


def perturbation_measures(analysis: Analysis) -> dict[str, float]:
    """Compute jitter and shimmer of a clip; NaN if it has too few periods."""
    samples = analysis.audio.around(MARGIN)  # the pulses are on its time axis
    pulses_s = analysis.pulses_s
    return jitter_measures(pulses_s) | shimmer_measures(samples, analysis.audio.sample_rate_hz, pulses_s)


def jitter_measures(pulses_s: np.ndarray) -> dict[str, float]:
    """Compute jitter: differences between the lengths of neighbouring periods.

    Parameters
    ----------
    pulses_s : ndarray of float64, shape (n_pulses,)
        Glottal pulses in s, each later than the one before.

    Returns
    -------
    dict of str to float
        Ratios to the mean period, and the local difference in s. NaN if no run has enough periods.
    """
    period_s = np.diff(pulses_s)
    alike = _alike_periods(period_s)
    mean_s = _mean(period_s[_counted(period_s)])
    local_s = 2 * _mean_departure(period_s, alike, 2)
    rap = _mean_departure(period_s, alike, 3) / mean_s
    return {
        "jitter_local_ratio": local_s / mean_s,
        "jitter_local_s": local_s,
        "jitter_rap_ratio": rap,
        "jitter_ppq5_ratio": _mean_departure(period_s, alike, 5) / mean_s,
        "jitter_ddp_ratio": 3 * rap,
    }


def shimmer_measures(samples: np.ndarray, sample_rate_hz: float, pulses_s: np.ndarray) -> dict[str, float]:
    """Compute shimmer: differences between the amplitudes of neighbouring periods.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
    sample_rate_hz : float
    pulses_s : ndarray of float64, shape (n_pulses,)
        Glottal pulses in s, each later than the one before; the first sample is at half a sampling period.

    Returns
    -------
    dict of str to float
        Ratios to the mean amplitude, and the local difference in dB. NaN if no run has enough periods.
    """
    times_s, amplitude = pulse_amplitudes(samples, sample_rate_hz, pulses_s)
    gap_s = np.diff(times_s)
    alike = _in_range(gap_s) & (_factor(amplitude) <= MAX_AMPLITUDE_FACTOR)
    mean = _mean(amplitude[:-1])  # without the last one, as in Praat
    apq3 = _mean_departure(amplitude, alike, 3) / mean
    return {
        "shimmer_local_ratio": 2 * _mean_departure(amplitude, alike, 2) / mean,
        "shimmer_local_db": 2 * _mean_departure(20 * np.log10(amplitude), alike, 2),
        "shimmer_apq3_ratio": apq3,
        "shimmer_apq5_ratio": _mean_departure(amplitude, alike, 5) / mean,
        "shimmer_apq11_ratio": _mean_departure(amplitude, alike, 11) / mean,
        "shimmer_dda_ratio": 3 * apq3,
    }


def pulse_amplitudes(samples: np.ndarray, sample_rate_hz: float, pulses_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return times in s and amplitudes of pulses between like periods, as Praat's ``To AmplitudeTier (period)``.

    The amplitude is the root mean square under a Hann window from 0.2 of the period before the pulse to 0.2 of the
    period after it; each half of the window has the width of its own period. Silent pulses are left out.
    """
    period_s = np.diff(pulses_s)
    alike = _alike_periods(period_s)
    times_s = pulses_s[1:-1][alike]
    before_s, after_s = WINDOW_SHARE * period_s[:-1][alike], WINDOW_SHARE * period_s[1:][alike]
    amplitude = np.full(times_s.size, np.nan)
    _windowed_rms(samples, 1 / sample_rate_hz, times_s, before_s, after_s, amplitude)
    heard = amplitude > 0
    return times_s[heard], amplitude[heard]


def _alike_periods(period_s: np.ndarray) -> np.ndarray:
    """Return a mask of the pairs of neighbouring periods that are alike, shape (n_periods - 1,)."""
    in_range = _in_range(period_s)
    return in_range[1:] & in_range[:-1] & (_factor(period_s) <= MAX_PERIOD_FACTOR)


def _counted(period_s: np.ndarray) -> np.ndarray:
    """Return a mask of the periods that count for the mean: all in range, unless they differ from both neighbours."""
    counted = _in_range(period_s)
    unlike = _factor(period_s) > MAX_PERIOD_FACTOR
    counted[1:-1] &= ~(unlike[1:] & unlike[:-1])
    return counted


def _in_range(period_s: np.ndarray) -> np.ndarray:
    return (period_s >= SHORTEST_PERIOD_S) & (period_s <= LONGEST_PERIOD_S)


def _factor(values: np.ndarray) -> np.ndarray:
    """Return the ratio of the larger to the smaller of each two neighbours."""
    return np.maximum(values[1:], values[:-1]) / np.minimum(values[1:], values[:-1])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else math.nan


def _mean_departure(values: np.ndarray, alike: np.ndarray, width: int) -> float:
    """Average ``|middle - mean|`` over all runs of `width` like neighbours; NaN if there are none.

    ``alike[i]`` is whether values i and i + 1 are alike. For a run of two, the term is half their difference.
    """
    if values.size < width:
        return math.nan
    runs = sliding_window_view(values, width)[sliding_window_view(alike, width - 1).all(axis=1)]
    # Sums in this order do not depend on how NumPy adds up a long array.
    sums = runs.cumsum(axis=1)[:, -1]
    departures = np.abs(runs[:, width // 2] - sums / width)
    return float(departures.cumsum()[-1] / departures.size) if departures.size else math.nan


@njit(cache=True)
def _windowed_rms(
    samples: np.ndarray, step_s: float, times_s: np.ndarray, before_s: np.ndarray, after_s: np.ndarray, rms: np.ndarray
) -> None:
    """Fill in the RMS around each time, unless the window contains fewer than three samples."""
    for k in range(times_s.size):
        centre = times_s[k] / step_s - 0.5  # in samples
        first = max(math.ceil(centre - before_s[k] / step_s), 0)
        last = min(math.floor(centre + after_s[k] / step_s), samples.size - 1)
        if last - first + 1 < 3:
            continue
        middle = min(max(math.ceil(centre), first), last + 1)
        squares, weights = 0.0, 0.0
        for start, end, width_s in ((first, middle, before_s[k]), (middle, last + 1, after_s[k])):
            # The cosine is updated by rotation, because calling cos for each sample would be slow.
            step = math.pi * step_s / width_s
            angle = (start - centre) * step
            cosine, sine, step_cosine, step_sine = math.cos(angle), math.sin(angle), math.cos(step), math.sin(step)
            for i in range(start, end):
                window = 0.5 + 0.5 * cosine
                squares += (samples[i] * window) ** 2
                weights += window**2
                cosine, sine = cosine * step_cosine - sine * step_sine, sine * step_cosine + cosine * step_sine
        rms[k] = math.sqrt(squares / weights)
