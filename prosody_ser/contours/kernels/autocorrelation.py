"""Pitch by autocorrelation, like Praat's ``To Pitch (ac)``, for given frames and in one thread.

Each frame has a Hann window of three periods of the floor. Its autocorrelation is divided by that of the window. The
maxima, interpolated with a windowed sinc, are candidates with a frequency and a strength; another candidate is
"unvoiced". The track is the path through the candidates with the highest strength, after costs for low octaves, octave
jumps and changes of voicing. The reference is Praat with its default costs: the voicing is the same, and frequencies
agree to four digits or more.

References
----------
Boersma, P. (1993). Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio
    of a sampled sound. Proc. Institute of Phonetic Sciences Amsterdam 17, 97-110.
"""

import math

import numpy as np
from numba import njit
from scipy.fft import irfft, next_fast_len, rfft

from ...compiled_code import ANY_ORDER
from . import Floats

PERIODS_PER_WINDOW = 3.0
MAX_CANDIDATES = 15
SILENCE_THRESHOLD = 0.03
VOICING_THRESHOLD = 0.45
OCTAVE_COST = 0.01
OCTAVE_JUMP_COST = 0.35
VOICED_UNVOICED_COST = 0.14
#: The time step for which the costs of jumps are defined.
COST_STEP_S = 0.01
#: Frames that are processed at a time, few enough to stay in the processor's cache.
BLOCK = 32
#: Maxima are interpolated by a sinc under a Hann window of this many samples to either side.
DEPTH = 70
#: The interpolation has this many steps per sample and is refined by a parabola.
STEPS = 32

_SHARE = np.arange(STEPS)[:, np.newaxis] / STEPS
_DISTANCE = np.arange(1 - DEPTH, DEPTH + 1) - _SHARE
#: Weights of the 2 * DEPTH samples around a position, one row for each fraction of a sample.
_WEIGHTS = np.sinc(_DISTANCE) * (0.5 + 0.5 * np.cos(np.pi * _DISTANCE / DEPTH))


def pitch_track(
    samples: np.ndarray, sample_rate_hz: int, centres: np.ndarray, step_s: float, floor_hz: float, ceiling_hz: float
) -> tuple[np.ndarray, np.ndarray]:
    """Track the fundamental frequency and its strength.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Including all samples in the frames: 1.5 periods of the floor around each centre.
    sample_rate_hz : int
    centres : ndarray of int, shape (n_frames,)
        The first sample after each frame's centre, ascending.
    step_s : float
        Time between frames.
    floor_hz, ceiling_hz : float
        The search range.

    Returns
    -------
    f0_hz, strength : ndarray of float64, shape (n_frames,)
        NaN in unvoiced frames. Strength is the normalised autocorrelation at the period, 0 to 1.
    """
    window_size = 2 * (int(PERIODS_PER_WINDOW / floor_hz * sample_rate_hz) // 2 - 1)
    half = window_size // 2
    period = int(sample_rate_hz / floor_hz)
    frames = np.lib.stride_tricks.sliding_window_view(samples, window_size)[centres - half]
    sums = np.concatenate([[0.0], samples.cumsum()])
    ends = np.minimum(centres + period, samples.size)
    local_mean = (sums[ends] - sums[np.maximum(centres - period, 0)]) / (2 * period)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, window_size + 1) / (window_size + 1))
    frames = (frames - local_mean[:, np.newaxis]) * window

    reach = min(period // 2 + 1, half)
    local_peak = np.abs(frames[:, half - reach : half + reach]).max(axis=1)
    global_peak = np.abs(samples - samples.mean()).max()
    intensity = np.minimum(local_peak / global_peak, 1.0) if global_peak > 0 else np.zeros(centres.size)

    last_lag = min(int(window_size / PERIODS_PER_WINDOW) + 2, window_size // 2)
    n_lags = min(last_lag + DEPTH, window_size)
    autocorrelation = _autocorrelate(frames, n_lags)
    of_window = _autocorrelate(window[np.newaxis], n_lags)[0]
    autocorrelation /= np.maximum(autocorrelation[:, :1], np.finfo(float).tiny) * (of_window / of_window[0])
    autocorrelation[:, 0] = 1.0

    ceiling_hz = min(ceiling_hz, sample_rate_hz / 2)
    frequency, strength = np.zeros((2, centres.size, MAX_CANDIDATES))
    count = np.ones(centres.size, dtype=np.int64)
    both_sides = np.empty(2 * n_lags - 1)
    _find_candidates(
        autocorrelation, intensity, sample_rate_hz, floor_hz, last_lag, _WEIGHTS, both_sides, frequency, strength, count
    )
    octaves, score = np.full((2, *frequency.shape), np.nan)
    origin = np.zeros(frequency.shape, dtype=np.int64)
    path = np.full((2, centres.size), np.nan)
    _find_path(frequency, strength, count, intensity, ceiling_hz, COST_STEP_S / step_s, octaves, score, origin, path)
    return path[0], path[1]


def _autocorrelate(frames: Floats, n_lags: int) -> Floats:
    """Compute the autocorrelation at lags 0 to n_lags - 1, padded against wrap-around."""
    size = next_fast_len(frames.shape[1] + n_lags, real=True)
    result = np.empty((len(frames), n_lags))
    for first in range(0, len(frames), BLOCK):
        block = slice(first, first + BLOCK)
        spectrum = rfft(frames[block], size, axis=1)
        result[block] = irfft(spectrum.real**2 + spectrum.imag**2, size, axis=1)[:, :n_lags]
    return result


@njit(cache=True)
def _find_candidates(
    autocorrelation: Floats,
    intensity: Floats,
    rate_hz: float,
    floor_hz: float,
    last_lag: int,
    weights: Floats,
    both_sides: Floats,
    frequency: Floats,
    strength: Floats,
    count: np.ndarray,
) -> None:
    """Fill in the candidates of each frame: frequency in Hz, strength and number; the first one is "unvoiced".

    `both_sides` has room for the autocorrelation of a frame at negative and positive lags.
    """
    n_frames, n_lags = autocorrelation.shape
    zero = n_lags - 1
    for t in range(n_frames):
        if intensity[t] == 0:
            continue
        r = autocorrelation[t]
        for lag in range(n_lags):
            both_sides[zero + lag] = both_sides[zero - lag] = r[lag]
        for lag in range(2, last_lag):
            if r[lag] > 0.5 * VOICING_THRESHOLD and r[lag] > r[lag - 1] and r[lag] >= r[lag + 1]:
                place, height = _place_maximum(both_sides, zero + lag, weights)
                height = 1 / height if height > 1 else height  # interpolation can exceed 1, a correlation cannot
                hz = rate_hz / (place - zero)
                slot = _slot(frequency[t], strength[t], count[t], hz, height, floor_hz)
                if slot > 0:
                    frequency[t, slot], strength[t, slot] = hz, height
                    count[t] = max(count[t], slot + 1)


@njit(cache=True, inline="always")
def _slot(frequency: Floats, strength: Floats, count: int, new_hz: float, new_strength: float, floor_hz: float) -> int:
    """Return the slot of a new candidate: the next free one, that of the weakest one, or 0 if it is weaker still."""
    if count < MAX_CANDIDATES:
        return count
    weakest, place = 2.0, 0
    for slot in range(1, MAX_CANDIDATES):
        local = strength[slot] - OCTAVE_COST * math.log2(floor_hz / frequency[slot])
        if local < weakest:
            weakest, place = local, slot
    return place if new_strength - OCTAVE_COST * math.log2(floor_hz / new_hz) > weakest else 0


@njit(cache=True, inline="always")
def _place_maximum(values: Floats, near: int, weights: Floats) -> tuple[float, float]:
    """Return position and height of the maximum of the interpolated values next to index `near`."""
    left, middle, right = values[near - 1], values[near], values[near + 1]
    step = round(STEPS * (near + vertex(left, middle, right)))
    left, middle = _between(values, step - 1, weights), _between(values, step, weights)
    right = _between(values, step + 1, weights)
    while right > middle and step < (near + 1) * STEPS:
        step += 1
        left, middle, right = middle, right, _between(values, step + 1, weights)
    while left > middle and step > (near - 1) * STEPS:
        step -= 1
        left, middle, right = _between(values, step - 1, weights), left, middle
    away = vertex(left, middle, right)
    return (step + away) / STEPS, middle + 0.25 * (right - left) * away


@njit(cache=True)
def vertex(left: float, middle: float, right: float) -> float:
    """Return the offset of the maximum of a parabola through three neighbours; 0 if they are on a line."""
    bend = 2 * middle - left - right
    return 0.5 * (right - left) / bend if bend > 0 else 0.0


@njit(cache=True, fastmath=ANY_ORDER)
def _between(values: Floats, step: int, weights: Floats) -> float:
    """Interpolate the values at a number of steps from the first; values beyond the ends count as zero."""
    first = step // STEPS + 1 - weights.shape[1] // 2
    row = weights[step % STEPS]
    total = 0.0
    for i in range(max(0, -first), min(row.size, values.size - first)):
        total += values[first + i] * row[i]
    return total


@njit(cache=True)
def _find_path(
    frequency: Floats,
    strength: Floats,
    count: np.ndarray,
    intensity: Floats,
    ceiling_hz: float,
    correction: float,
    octaves: Floats,
    score: Floats,
    origin: np.ndarray,
    path: Floats,
) -> None:
    """Fill in frequency and strength along the strongest path (Viterbi); unvoiced frames stay NaN.

    `octaves`, log2 of the frequency in Hz, must be NaN everywhere; it stays NaN for candidates that are not voiced.
    """
    n_frames = frequency.shape[0]
    jump_cost, voicing_cost = OCTAVE_JUMP_COST * correction, VOICED_UNVOICED_COST * correction
    for t in range(n_frames):
        unvoiced = 2 - intensity[t] / SILENCE_THRESHOLD * (1 + VOICING_THRESHOLD)
        for j in range(count[t]):
            if 0 < frequency[t, j] < ceiling_hz:
                octaves[t, j] = math.log2(frequency[t, j])
                local = strength[t, j] - OCTAVE_COST * (math.log2(ceiling_hz) - octaves[t, j])
            else:
                local = VOICING_THRESHOLD + max(0.0, unvoiced)
            best = local
            if t > 0:
                best = -1e30
                for i in range(count[t - 1]):
                    was, now = math.isnan(octaves[t - 1, i]), math.isnan(octaves[t, j])
                    if was and now:
                        cost = 0.0
                    elif was or now:
                        cost = voicing_cost
                    else:
                        cost = jump_cost * abs(octaves[t - 1, i] - octaves[t, j])
                    value = score[t - 1, i] - cost + local
                    if value > best:
                        best, origin[t, j] = value, i
            score[t, j] = best
    if n_frames == 0:
        return
    chosen = 0
    for j in range(1, count[-1]):
        if score[-1, j] > score[-1, chosen]:
            chosen = j
    for t in range(n_frames - 1, -1, -1):
        if not math.isnan(octaves[t, chosen]):
            path[0, t], path[1, t] = frequency[t, chosen], strength[t, chosen]
        chosen = origin[t, chosen]
