"""Glottal pulses in a sound with known pitch, identical to those of Praat's ``To PointProcess (cc)``.

In each voiced segment, the first pulse is the largest extremum within half a period of the middle. The next pulse is
where the sound, 0.8 to 1.25 periods away, correlates best with the period around the last pulse: first to the left up
to the start of the segment, then to the right up to its end. So the pulses mark one recurring point of the waveform,
not the peak of each period, and the periods have less noise (Boersma 2009).

Praat 6.1.38 is the reference; it computes the lags one by one, while here four lags are computed at a time. (Later
versions of Praat treat one case differently: a match that interpolation moves out of the search range.)

References
----------
Boersma, P. (2009). Should jitter be measured by peak picking or by waveform matching? Folia Phoniatrica et
    Logopaedica 61, 305-308.
Praat manual, "Sound & Pitch: To PointProcess (cc)".
"""

import math
from collections.abc import Iterable

import numpy as np
from numba import njit

from ...compiled_code import ANY_ORDER
from . import Floats

Grid = tuple[float, float]

#: Search range of the next pulse, in periods.
NEAREST, FARTHEST = 0.8, 1.25
#: A pulse needs this correlation, and this share of the peak of the sound; a peak of 0 counts as loud enough.
MIN_CORRELATION, MIN_PEAK = 0.3, 0.01
#: The same for the one pulse that may lie beyond either end of a voiced segment.
MIN_CORRELATION_BEYOND, MIN_PEAK_BEYOND = 0.7, 0.023333
NO_MATCH = -1.0


def glottal_pulses(
    samples: np.ndarray, sample_rate_hz: float, f0_hz: np.ndarray, first_frame_s: float, step_s: float
) -> np.ndarray:
    """Find the times of the glottal pulses.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Finite.
    sample_rate_hz : float
    f0_hz : ndarray of float64, shape (n_frames,)
        Fundamental frequency, NaN where unvoiced.
    first_frame_s, step_s : float
        Centre of the first frame, in s from the start of the samples, and the time between frames.

    Returns
    -------
    ndarray of float64, shape (n_pulses,)
        In s from the start of the samples (the first sample is half a sampling period after it), ascending; empty if
        nothing is voiced.
    """
    period_s = 1 / sample_rate_hz
    sample_grid, frame_grid = (period_s / 2, period_s), (first_frame_s, step_s)
    loudest = _loudest(samples)
    room = np.empty(16 + 8 * f0_hz.size)  # 8 pulses per frame of 10 ms are 800 Hz
    pulses_s: list[Floats] = []
    last_s = -math.inf
    for start, end in _voiced_segments(f0_hz):  # a voiced frame counts as voiced from edge to edge
        left_s = max(first_frame_s + start * step_s - 0.5 * step_s, 0.0)
        right_s = min(first_frame_s + (end - 1) * step_s + 0.5 * step_s, samples.size * period_s)
        middle_s = 0.5 * (left_s + right_s)
        half_s = 0.5 / _frequency_at(f0_hz, frame_grid, middle_s)
        seed_s = _extremum(samples, sample_grid, middle_s - half_s, middle_s + half_s)
        pulses_s.append(np.array([seed_s]))
        for direction, edge_s in ((-1, left_s), (1, right_s)):
            way = (direction, seed_s, edge_s, last_s, loudest, samples, sample_grid, f0_hz, frame_grid)
            n_pulses, last_s = _follow(*way, room)
            if n_pulses > room.size:
                room = np.empty(2 * n_pulses)
                n_pulses, last_s = _follow(*way, room)
            pulses_s.append(room[:n_pulses].copy())
    return np.unique(np.concatenate(pulses_s)) if pulses_s else np.empty(0)


def _voiced_segments(f0_hz: Floats) -> Iterable[tuple[int, int]]:
    """Return the first frame of each voiced segment and the frame after its last one."""
    voiced = np.concatenate([[False], np.isfinite(f0_hz), [False]])
    edges = np.flatnonzero(voiced[1:] != voiced[:-1]).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


@njit(cache=True)
def _follow(
    direction: int,
    seed_s: float,
    edge_s: float,
    last_s: float,
    loudest: float,
    samples: Floats,
    sample_grid: Grid,
    f0_hz: Floats,
    frame_grid: Grid,
    pulses_s: Floats,
) -> tuple[int, float]:
    """Step from pulse to pulse up to the edge; fill in their times, of which those beyond the end are only counted.

    A grid is the time of its first point and a step. `last_s` is the last pulse that was found on a way to the right;
    the number of pulses and the new value of `last_s` are returned.
    """
    time_s = seed_s
    n_pulses = 0
    while True:
        hz = _frequency_at(f0_hz, frame_grid, time_s)
        if math.isnan(hz):
            break
        near_s, far_s = time_s + direction * NEAREST / hz, time_s + direction * FARTHEST / hz
        low_s, high_s = min(near_s, far_s), max(near_s, far_s)
        correlation, match_s, peak = _best_match(samples, sample_grid, time_s, 1 / hz, low_s, high_s)
        if correlation == NO_MATCH:
            match_s = time_s + direction / hz
        if (match_s - time_s) * direction <= 0:  # no progress, which happens with periods of two or three samples
            break
        time_s = match_s
        beyond = (time_s - edge_s) * direction > 0
        if beyond:
            good = correlation > MIN_CORRELATION_BEYOND and peak > MIN_PEAK_BEYOND * loudest
        else:
            good = correlation > MIN_CORRELATION and (peak == 0 or peak > MIN_PEAK * loudest)
        if good and direction > 0:
            last_s = time_s
        if good and (direction > 0 or time_s - last_s > NEAREST / hz):  # not into the previous segment
            if n_pulses < pulses_s.size:
                pulses_s[n_pulses] = time_s
            n_pulses += 1
        if beyond:
            break
    return n_pulses, last_s


@njit(cache=True, inline="always")
def _best_match(
    samples: Floats, grid: Grid, time_s: float, period_s: float, low_s: float, high_s: float
) -> tuple[float, float, float]:
    """Find where the sound is most similar to the period around `time_s`: correlation, time and peak."""
    first_s, step_s = grid
    here = math.floor((time_s - 0.5 * period_s - first_s) / step_s + 0.5)
    size = math.floor((time_s + 0.5 * period_s - first_s) / step_s + 0.5) - here + 1
    low = math.floor((low_s - 0.5 * period_s - first_s) / step_s)
    high = math.ceil((high_s - 0.5 * period_s - first_s) / step_s)
    # Praat's list of correlations starts with two zeros, the second of which can count as a peak.
    correlations = np.empty(2 + high - low + 1 + 3)
    correlations[0] = correlations[1] = 0
    _correlate(samples, here, size, low, correlations[2:])
    best, at = NO_MATCH, 0
    for i in range(1, high - low + 2):
        value = correlations[i]
        if value > best and value >= correlations[i - 1] and value >= correlations[i + 1]:
            best, at = value, i
    if best == NO_MATCH:
        return NO_MATCH, time_s, 0.0
    there = low + at - 1  # one sample late, as in Praat
    first, last = max(there, 0, there - here), min(there + size, samples.size, samples.size + there - here)
    peak = _loudest(samples[first : max(first, last)])
    # Interpolate by a parabola through the best correlation and its neighbours.
    position = float(low + at - 2)
    bend = 2 * best - correlations[at - 1] - correlations[at + 1]
    if bend != 0:
        slope = 0.5 * (correlations[at + 1] - correlations[at - 1])
        best += 0.5 * slope * slope / bend
        position += slope / bend
    return best, time_s + (position - here) * step_s, peak


@njit(cache=True)
def _correlate(samples: Floats, here: int, size: int, low: int, correlations: Floats) -> None:
    """Correlate `size` samples from `here` with those from `low`, `low` + 1, ...; the last three results are spare."""
    n = correlations.size - 3
    if min(here, low) >= 0 and max(here, low + n + 2) + size <= samples.size:
        period = samples[here : here + size]
        energy = _product(period, period)
        for i in range(0, n, 4):
            _four_correlations(period, energy, samples[low + i :], correlations[i:])
        return
    for i in range(n):  # near the ends, only samples with a counterpart count
        there = low + i
        skip = max(0, -here, -there)
        count = max(min(size, samples.size - here, samples.size - there) - skip, 0)
        a, b = samples[here + skip : here + skip + count], samples[there + skip : there + skip + count]
        product = _product(a, b)
        correlations[i] = product / math.sqrt(_product(a, a) * _product(b, b)) if product != 0 else 0.0


@njit(cache=True, fastmath=ANY_ORDER)
def _product(a: Floats, b: Floats) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@njit(cache=True, fastmath=ANY_ORDER)
def _four_correlations(period: Floats, energy: float, later: Floats, correlations: Floats) -> None:
    """Compute four lags at a time, because loading samples takes longer than multiplying them."""
    product0 = product1 = product2 = product3 = 0.0
    energy0 = energy1 = energy2 = energy3 = 0.0
    for i in range(period.size):
        product0 += period[i] * later[i]
        product1 += period[i] * later[i + 1]
        product2 += period[i] * later[i + 2]
        product3 += period[i] * later[i + 3]
        energy0 += later[i] * later[i]
        energy1 += later[i + 1] * later[i + 1]
        energy2 += later[i + 2] * later[i + 2]
        energy3 += later[i + 3] * later[i + 3]
    correlations[0] = product0 / math.sqrt(energy * energy0) if product0 != 0 else 0.0
    correlations[1] = product1 / math.sqrt(energy * energy1) if product1 != 0 else 0.0
    correlations[2] = product2 / math.sqrt(energy * energy2) if product2 != 0 else 0.0
    correlations[3] = product3 / math.sqrt(energy * energy3) if product3 != 0 else 0.0


@njit(cache=True, fastmath={"nnan", "nsz", "reassoc"})
def _loudest(samples: Floats) -> float:
    """Return the largest absolute sample, 0 if there is none."""
    loudest = 0.0
    for i in range(samples.size):
        if abs(samples[i]) > loudest:
            loudest = abs(samples[i])
    return loudest


@njit(cache=True)
def _frequency_at(f0_hz: Floats, grid: Grid, time_s: float) -> float:
    """Return the pitch at a time: interpolated between voiced frames, NaN if the nearest frame is unvoiced."""
    position = (time_s - grid[0]) / grid[1]
    near = math.floor(position + 0.5)
    if not 0 <= near < f0_hz.size or math.isnan(f0_hz[near]):
        return math.nan
    far = near - 1 if position < near else near + 1
    if not 0 <= far < f0_hz.size or math.isnan(f0_hz[far]):
        return f0_hz[near]
    return f0_hz[near] + abs(position - near) * (f0_hz[far] - f0_hz[near])


def _extremum(samples: Floats, grid: Grid, low_s: float, high_s: float) -> float:
    """Return the time of the largest absolute sample between two times, interpolated by a parabola."""
    first_s, step_s = grid
    low = max(math.floor((low_s - first_s) / step_s), 0)
    high = min(math.ceil((high_s - first_s) / step_s), samples.size - 1)
    lowest = low + int(samples[low : high + 1].argmin())
    highest = low + int(samples[low : high + 1].argmax())
    if samples[lowest] == samples[highest]:
        return first_s + 0.5 * (low + high) * step_s
    at = lowest if abs(samples[lowest]) > abs(samples[highest]) else highest
    position = float(at)
    if low < at < high:
        bend = 2 * samples[at] - samples[at - 1] - samples[at + 1]
        position += 0.5 * (samples[at + 1] - samples[at - 1]) / bend
    return first_s + position * step_s
