"""Level of the first harmonic relative to the second one, and to the harmonics near the third formant.

In a breathy voice the glottis is open for a long time and closes softly. Its flow is nearly a sine, so the first
harmonic is far above the second (H1-H2), and the spectrum falls steeply towards the third formant (H1-A3). Pressed and
loud voices, with a short open phase and a sharp closure, show the opposite (Hanson 1997).

Each level is the product of the speech with a complex sine of exactly ``f0``, ``2 f0``, ..., under a Hann window of
four periods, so that all other harmonics fall on the zeros of the window. A3 is the strongest harmonic within 10 % of
F3, or the nearest one if none is that near.

The formants also influence these levels: a harmonic near F1 is strong. To make vowels comparable, the boost of a
harmonic at ``f`` by the formants is subtracted (Iseli, Shue & Alwan 2007). With ``r = exp(-pi B / fs)``,
``w = 2 pi f / fs`` and ``W = 2 pi F / fs``, a formant ``F`` of bandwidth ``B`` adds, relative to 0 Hz,

    ``20 log10(1 - 2 r cos W + r^2) - 10 log10(1 - 2 r cos(W + w) + r^2) - 10 log10(1 - 2 r cos(W - w) + r^2)`` dB

H1-H2 is corrected for F1 and F2, and H1-A3 for F1 to F3, each harmonic at its own frequency. The bandwidths are
computed from the formant frequencies and f0 by the formula of Hawks & Miller, because bandwidths that are measured in
running speech vary too much.

openSMILE's features with these names are different: for harmonics of known levels, its ``logRelF0-H1-H2`` (eGeMAPSv02,
opensmile 2.6.0) gives the second harmonic over the third, and its ``H1-A3`` follows the second over A3.

References
----------
Hanson, H. M. (1997). Glottal characteristics of female speakers: acoustic correlates. Journal of the Acoustical
    Society of America 101(1), 466-481.
Hawks, J. W. & Miller, J. D. (1995). A formant bandwidth estimation procedure for vowel synthesis. Journal of the
    Acoustical Society of America 97(2), 1343-1344.
Iseli, M., Shue, Y.-L. & Alwan, A. (2007). Age, sex, and vowel dependencies of acoustic measures related to the
    voice source. Journal of the Acoustical Society of America 121(4), 2283-2295.
"""

import math

import numpy as np
from numba import njit

from ..compiled_code import ANY_ORDER
from .kernels import Floats

PERIODS = 4
NEAR_F3 = 0.10
#: Hawks & Miller's polynomials of the frequency in Hz, lowest power first: below 500 Hz and from 500 Hz.
BANDWIDTH_BELOW = (165.327516, -6.73636734e-1, 1.80874446e-3, -4.52201682e-6, 7.49514000e-9, -4.70219241e-12)
BANDWIDTH_ABOVE = (15.8146139, 8.10159009e-2, -9.79728215e-5, 5.28725064e-8, -1.07099364e-11, 7.91528509e-16)
PIVOT_HZ = 500.0
#: Samples that are processed in parallel.
LANES = 8


def harmonic_contours(
    samples: np.ndarray, sample_rate_hz: int, times_s: np.ndarray, f0_hz: np.ndarray, formants_hz: np.ndarray
) -> np.ndarray:
    """Compute H1-H2 and H1-A3 of frames centred on given times, uncorrected and corrected for formants.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech with some context around it; samples outside the array count as zero.
    sample_rate_hz : int
    times_s : ndarray of float64, shape (n_frames,)
        Centres of the frames in s from the start of the samples, in any order.
    f0_hz : ndarray of float64, shape (n_frames,)
        Fundamental frequency, NaN where unvoiced.
    formants_hz : ndarray of float64, shape (3 or more, n_frames)
        F1, F2, F3; NaN if missing.

    Returns
    -------
    ndarray of float64, shape (4, n_frames)
        In dB: H1-H2, H1-A3, H1*-H2*, H1*-A3*. NaN if f0 or a required formant is NaN, if a harmonic is above half the
        sampling rate, and in silence.
    """
    formants_hz = formants_hz[:3]
    power = np.full((3, times_s.size), np.nan)
    frequency_hz = np.stack([f0_hz, 2 * f0_hz, np.full(times_s.size, np.nan)])
    third_hz = np.ascontiguousarray(formants_hz[2])
    _project(samples, sample_rate_hz, times_s, f0_hz, third_hz, power, frequency_hz[2])
    # More than 240 dB below the strongest harmonic there are only rounding errors.
    power[power <= 1e-24 * np.nanmax(power, initial=0.0)] = np.nan
    h1, h2, a3 = 10 * np.log10(power)
    bandwidth_hz = formant_bandwidth(formants_hz, f0_hz)
    boost_db = formant_boost(frequency_hz[:, np.newaxis], formants_hz, bandwidth_hz, sample_rate_hz)
    h1_boost, h2_boost, _ = boost_db[:, :2].sum(axis=1)
    h1_boost_of_three, _, a3_boost = boost_db.sum(axis=1)
    return np.stack([h1 - h2, h1 - a3, h1 - h1_boost - h2 + h2_boost, h1 - h1_boost_of_three - a3 + a3_boost])


def formant_bandwidth(formant_hz: np.ndarray, f0_hz: np.ndarray) -> np.ndarray:
    """Compute formant bandwidths in Hz by Hawks & Miller (1995), wider for higher voices; same shape as formants.

    Parameters
    ----------
    formant_hz : ndarray of float64, shape (..., n_frames)
    f0_hz : ndarray of float64, shape (n_frames,)
    """
    below, above = (np.polynomial.Polynomial(c)(formant_hz) for c in (BANDWIDTH_BELOW, BANDWIDTH_ABOVE))
    return np.where(formant_hz < PIVOT_HZ, below, above) * (1 + 0.25 * (f0_hz - 132) / 88)


def formant_boost(frequency_hz: Floats, formant_hz: Floats, bandwidth_hz: Floats, sample_rate_hz: int) -> np.ndarray:
    """Compute the boost of the level at a frequency by a formant, in dB relative to 0 Hz; arrays broadcast."""
    r = np.exp(-np.pi / sample_rate_hz * bandwidth_hz)
    centre = 2 * np.pi / sample_rate_hz * formant_hz
    angle = 2 * np.pi / sample_rate_hz * frequency_hz
    level, above, below = (1 + r * (r - 2 * np.cos(x)) for x in (centre, centre + angle, centre - angle))
    return 10 * np.log10(level * level / (above * below))


@njit(cache=True, fastmath=ANY_ORDER)
def _project(
    samples: Floats, rate_hz: float, times_s: Floats, f0_hz: Floats, f3_hz: Floats, power: Floats, a3_hz: Floats
) -> None:
    """Fill in the power of H1, H2 and A3, and the frequency of A3; undefined values stay NaN."""
    even, odd = np.empty(0), np.empty(0)
    for t in range(times_s.size):
        f0 = f0_hz[t]
        if not 0 < f0 < rate_hz / 4:  # also skips NaN
            continue
        half = int(PERIODS * rate_hz / (2 * f0) + 0.5)
        padded = (half + LANES - 1) // LANES * LANES
        if padded > even.size:
            even, odd = np.empty(padded), np.empty(padded)
        _fold(samples, round(times_s[t] * rate_hz), half, even, odd)
        _window(2 * math.pi * f0 / (PERIODS * rate_hz), half, even, odd)
        for i in range(half, padded):
            even[i] = odd[i] = 0
        radians_per_hz = 2 * math.pi / rate_hz
        power[0, t] = _power_at(radians_per_hz * f0, even, odd, padded)
        power[1, t] = _power_at(radians_per_hz * 2 * f0, even, odd, padded)
        if not f3_hz[t] > 0:
            continue
        nearest = round(f3_hz[t] / f0)
        lowest = min(math.ceil((1 - NEAR_F3) * f3_hz[t] / f0), nearest)
        highest = max(int((1 + NEAR_F3) * f3_hz[t] / f0), nearest)
        for k in range(max(lowest, 1), highest + 1):
            if k * f0 < rate_hz / 2:
                strength = _power_at(radians_per_hz * k * f0, even, odd, padded)
                if not strength <= power[2, t]:  # also true while the power is NaN
                    power[2, t], a3_hz[t] = strength, k * f0


@njit(cache=True, inline="always")
def _fold(samples: Floats, centre: int, half: int, even: Floats, odd: Floats) -> None:
    """Compute sums and differences of the samples at equal distance from the centre, which is between two samples.

    Sums are multiplied with cosines and differences with sines, which halves the work.
    """
    for i in range(half):
        before, after = centre - 1 - i, centre + i
        left = samples[before] if 0 <= before < samples.size else 0.0
        right = samples[after] if 0 <= after < samples.size else 0.0
        even[i], odd[i] = right + left, right - left


@njit(cache=True, fastmath=ANY_ORDER, inline="always")
def _window(step: float, half: int, even: Floats, odd: Floats) -> None:
    """Apply a Hann window of `step` radians per sample, whose middle is before the first value."""
    cosine, twice = math.cos(step / 2), 2 * math.cos(step)
    before = cosine
    for i in range(half):
        weight = 0.5 + 0.5 * cosine
        even[i] *= weight
        odd[i] *= weight
        before, cosine = cosine, twice * cosine - before


@njit(cache=True, fastmath=ANY_ORDER)
def _power_at(step: float, even: Floats, odd: Floats, size: int) -> float:
    """Return the squared product with a complex sine of `step` radians per sample; `size` is a multiple of LANES."""
    cosine, sine = np.empty(LANES), np.empty(LANES)
    real, imaginary = np.empty(LANES), np.empty(LANES)
    for lane in range(LANES):
        real[lane] = imaginary[lane] = 0
    cosine[0], sine[0] = math.cos(step / 2), math.sin(step / 2)
    turn_cosine, turn_sine = math.cos(step), math.sin(step)
    for lane in range(1, LANES):
        c, s = cosine[lane - 1], sine[lane - 1]
        cosine[lane], sine[lane] = c * turn_cosine - s * turn_sine, c * turn_sine + s * turn_cosine
    turn_cosine, turn_sine = math.cos(LANES * step), math.sin(LANES * step)
    for i in range(0, size, LANES):
        for lane in range(LANES):
            c, s = cosine[lane], sine[lane]
            real[lane] += even[i + lane] * c
            imaginary[lane] += odd[i + lane] * s
            cosine[lane] = c * turn_cosine - s * turn_sine
            sine[lane] = c * turn_sine + s * turn_cosine
    return real.sum() ** 2 + imaginary.sum() ** 2
