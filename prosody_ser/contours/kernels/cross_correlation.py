"""Periodicity of frames by cross-correlation, like Praat's ``To Harmonicity (cc)``, for given frames.

A window of one period of the floor is correlated with the sound up to one such period later. Each product is divided
by the energies of both parts, so that any exactly periodic sound reaches 1, even if its level changes. The periodicity
of the frame is the highest maximum, interpolated with a windowed sinc. Praat is the reference; it computes the lags one
by one, while here one FFT gives the products for all lags.

References
----------
Boersma, P. (1993). Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio
    of a sampled sound. Proc. Institute of Phonetic Sciences Amsterdam 17, 97-110.
Praat manual, "Sound: To Harmonicity (cc)...".
"""

import math

import numpy as np
from numba import njit
from scipy.fft import irfft, next_fast_len, rfft

from ...compiled_code import ANY_ORDER
from . import Floats
from .autocorrelation import vertex

#: Samples to either side in the sinc interpolation.
DEPTH = 70
#: Maxima at most so far below the highest one, estimated by a parabola, are interpolated.
NEAR_HIGHEST = 0.1
#: Maxima whose interpolated height is so near to the highest one are refined.
NEAR_BEST = 0.01
#: Steps of the refinement, in samples.
STEPS = (0.1, 0.01)
#: Frames that are processed at a time, few enough to stay in the processor's cache.
_BLOCK = 32


def periodicity(samples: np.ndarray, sample_rate_hz: int, times_s: np.ndarray, floor_hz: float) -> np.ndarray:
    """Compute the highest normalised cross-correlation of each frame with the sound that follows it.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Including all samples in the frames: one period of the floor on both sides of each centre.
    sample_rate_hz : int
    times_s : ndarray of float64, shape (n_frames,)
        Centres of the frames in s from the start of the samples.
    floor_hz : float
        Pitch floor; periods are searched for up to that of the floor.

    Returns
    -------
    ndarray of float64, shape (n_frames,)
        0 to 1; NaN if nothing is periodic.
    """
    period = int(sample_rate_hz / floor_hz)
    size = 2 * (period // 2 - 1)  # of the window, and the longest lag
    sums = np.concatenate([[0.0], samples.cumsum()])
    centres = np.floor(times_s * sample_rate_hz + 0.5).astype(int)
    local_mean = (sums[centres + period] - sums[centres - period]) / (2 * period)
    starts = np.floor((times_s - 1 / floor_hz) * sample_rate_hz - 0.5).astype(int)
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2 * size)[starts] - local_mean[:, np.newaxis]
    strength = np.full(times_s.size, np.nan)
    for first in range(0, times_s.size, _BLOCK):
        block = slice(first, first + _BLOCK)
        _highest(_correlations(frames[block], size), strength[block])
    return strength


def _correlations(frames: Floats, size: int) -> Floats:
    """Correlate the first `size` samples of each frame with those that are 0 to `size` samples later."""
    n_fft = next_fast_len(3 * size, real=True)
    products = irfft(np.conj(rfft(frames[:, :size], n_fft, axis=1)) * rfft(frames, n_fft, axis=1), n_fft, axis=1)
    sums = np.pad(np.cumsum(frames**2, axis=1), ((0, 0), (1, 0)))
    energy = sums[:, size:] - sums[:, : size + 1]
    with np.errstate(invalid="ignore", divide="ignore"):  # silence gives NaN
        return products[:, : size + 1] / np.sqrt(energy[:, :1] * energy)


@njit(cache=True)
def _highest(correlations: Floats, strength: Floats) -> None:
    """Fill in the highest interpolated maximum of each row."""
    n_frames, n_lags = correlations.shape
    both_sides = np.empty(2 * n_lags - 1)
    rough, place = np.empty(n_lags), np.empty(n_lags)
    zero = n_lags - 1
    for t in range(n_frames):
        r = correlations[t]
        both_sides[zero] = 1.0
        highest = -1.0
        for lag in range(1, n_lags):
            rough[lag] = -1.0
            both_sides[zero + lag] = both_sides[zero - lag] = r[lag]
            if 1 < lag < n_lags - 1 and r[lag] > 0 and r[lag] > r[lag - 1] and r[lag] >= r[lag + 1]:
                rough[lag] = r[lag] + 0.25 * (r[lag + 1] - r[lag - 1]) * vertex(r[lag - 1], r[lag], r[lag + 1])
                highest = max(highest, rough[lag])
        enough = max(0.0, highest - NEAR_HIGHEST)
        best = 0.0
        for lag in range(2, n_lags - 1):
            if rough[lag] > enough:
                place[lag] = zero + lag + vertex(r[lag - 1], r[lag], r[lag + 1])
                rough[lag] = _below_one(interpolated(both_sides, place[lag]))
                best = max(best, rough[lag])
            else:
                rough[lag] = -1.0
        for lag in range(2, n_lags - 1):
            if best > 0 and rough[lag] > best - NEAR_BEST:
                height = _below_one(_maximum(both_sides, place[lag]))
                if not height <= strength[t]:  # also true while the strength is NaN
                    strength[t] = height


@njit(cache=True, inline="always")
def _below_one(height: float) -> float:
    """Correct a height above 1: interpolation can exceed 1, a correlation cannot."""
    return 1 / height if height > 1 else height


@njit(cache=True, inline="always")
def _maximum(values: Floats, near: float) -> float:
    """Return the height of the maximum of the interpolated values that is nearest to a position."""
    for step in STEPS:
        left, right = interpolated(values, near - step), interpolated(values, near + step)
        near += step * min(max(vertex(left, interpolated(values, near), right), -3.0), 3.0)
    return interpolated(values, near)


@njit(cache=True, fastmath=ANY_ORDER)
def interpolated(values: Floats, place: float) -> float:
    """Interpolate between two samples by a sinc under a Hann window of 70 samples to either side, or of all there are.

    Like in Praat's ``NUM_interpolate_sinc``, the window shrinks near the ends of the values.
    """
    before = math.floor(place)
    away = place - before
    if away == 0:
        return values[before]
    depth = min(DEPTH, before + 1, values.size - 1 - before)
    total = 0.0
    for direction in (-1, 1):
        if direction > 0:
            before, away = before + 1, 1 - away
        # The cosine of the window is updated by rotation, because calling cos for each sample would be slow.
        step = math.pi / (away + depth)
        cosine, sine, turn, lean = math.cos(step * away), math.sin(step * away), math.cos(step), math.sin(step)
        side, sign = 0.0, 1.0
        for k in range(depth):
            side += sign * values[before + direction * k] * (1 + cosine) / (k + away)
            cosine, sine = cosine * turn - sine * lean, sine * turn + cosine * lean
            sign = -sign
        total += side * math.sin(math.pi * away) / (2 * math.pi)
    return total
