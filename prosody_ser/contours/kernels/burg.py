"""Formants by Burg's method, like Praat's ``To Formant (burg)``, at given times.

The samples are resampled to twice the ceiling, pre-emphasised by 6 dB per octave from 50 Hz, and cut into Gaussian
windows of 25 ms (50 ms from edge to edge). Linear prediction with two coefficients per formant gives a polynomial
whose complex roots ``z`` are the resonances: ``frequency = arg(z) fs / 2 pi``, ``bandwidth = -ln|z| fs / pi``.
Roots within 50 Hz of zero or of the ceiling only shape the slope of the spectrum and are not formants.

Praat is the reference. For speed, three steps are computed differently, with the same results:

- Praat filters by FFT and interpolates with a sinc of 50 samples to either side. Below the ceiling this is an ideal
  resampler, so here the inverse FFT directly has the new length.
- Burg's method differs from the autocorrelation method only in products of samples at the ends of the frame. The
  window is below 1e-5 there, so these products are below 1e-10. Levinson's recursion finds the same polynomial faster.
- Roots are found by Laguerre's method and not as the eigenvalues of a matrix.

References
----------
Andersen, N. (1978). On the calculation of filter coefficients for maximum entropy spectral analysis. In D. G.
    Childers (ed.), Modern spectrum analysis, 252-255. IEEE Press. (Burg's method, as Praat's manual cites it.)
Markel, J. D. & Gray, A. H. (1976). Linear prediction of speech. Springer.
Press, W. H., Teukolsky, S. A., Vetterling, W. T. & Flannery, B. P. (1992). Numerical recipes in C, section 9.5.
    Cambridge University Press. (Laguerre's method.)
"""

import math

import numpy as np
from numba import njit
from scipy import fft

from ...compiled_code import ANY_ORDER
from . import Floats

WINDOW_S = 0.050  # from edge to edge; Praat calls this a window length of 0.025 s
PRE_EMPHASIS_FROM_HZ = 50.0
MARGIN_HZ = 50.0
#: Number of zeros that Praat puts before and after the samples, against wrap-around in the FFT.
PADDING = 1000
#: Size of the last step: Laguerre's method triples the number of correct digits at each step.
LAST_STEP = 1e-5
MAX_STEPS = 60
#: A root counts as real if it is nearer to the real axis than this share of its absolute value.
REAL_ROOT = 1e-6


def burg_formants(
    samples: np.ndarray, sample_rate_hz: int, times_s: np.ndarray, ceiling_hz: float, n_formants: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Find the formants in frames centred on given times.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech with some context around it; samples outside the array count as zero.
    sample_rate_hz : int
    times_s : ndarray of float64, shape (n_frames,)
        Centres of the frames in s from the start of the samples, in any order.
    ceiling_hz : float
        Ceiling of the search. With 16 kHz speech, multiples of 125 Hz give Praat's formants to five digits; other
        values change the sampling rate by up to 3e-5, and the median formant by about 0.03 %.
    n_formants : int
        Number of formants that are searched for.

    Returns
    -------
    frequency_hz, bandwidth_hz : ndarray of float64, shape (n_formants, n_frames)
        In order of frequency; NaN if fewer were found.
    """
    return formants_of(Resampler(samples, sample_rate_hz), times_s, ceiling_hz, n_formants)


class Resampler:
    """Resample like Praat's ``Resample`` with precision 50; all rates share one forward FFT.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
    sample_rate_hz : int
    """

    def __init__(self, samples: np.ndarray, sample_rate_hz: int):
        self.samples = samples
        self.sample_rate_hz = sample_rate_hz
        self._n_in = 1 << math.ceil(math.log2(samples.size + 2 * PADDING))
        self._spectrum = fft.rfft(samples, self._n_in)

    def at(self, rate_hz: float) -> tuple[np.ndarray, float, float]:
        """Resample the samples to `rate_hz`.

        Returns
        -------
        resampled : ndarray of float64, shape (round(n * rate_hz / sample_rate_hz),)
        rate_hz : float
            The resulting rate: the ratio of the rates is rounded to the ratio of two FFT lengths.
        first_s : float
            Time of the first new sample; the new samples are centred in the old duration.
        """
        old_hz, n_in = self.sample_rate_hz, self._n_in
        ratio = rate_hz / old_hz
        if abs(ratio - 1) < 1e-6:
            return self.samples, float(old_hz), 0.5 / old_hz
        n_out = 2 * round(n_in * ratio / 2)
        rate_hz = old_hz * n_out / n_in
        duration_s = self.samples.size / old_hz
        size = math.floor(duration_s * rate_hz + 0.5)
        first_s = 0.5 * (duration_s - (size - 1) / rate_hz)

        # Praat sets its list of real and imaginary parts to zero from position floor(n_in ratio) on. This position can
        # be between the two parts of a bin; then the real part remains, relative to the start of the padding. This is
        # reproduced here, because the edge of such a sharp filter rings through quiet frames.
        n_kept, both_parts = divmod(math.floor(n_in * ratio), 2) if ratio < 1 else (n_in // 2 + 1, 1)
        advance = (first_s * old_hz - 0.5) / n_in
        spectrum = self._spectrum[:n_kept].copy()
        _advance(spectrum.view(float), advance, n_out / n_in)
        if not both_parts:
            turn = np.exp(2j * np.pi * (n_kept - 1) * (PADDING / n_in + advance))
            spectrum[-1] = (spectrum[-1] / turn).real * turn
        return fft.irfft(spectrum, n_out, overwrite_x=True)[:size], rate_hz, first_s


def formants_of(
    resampler: Resampler, times_s: np.ndarray, ceiling_hz: float, n_formants: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Find formants like :func:`burg_formants`, for samples that are analysed with more than one ceiling."""
    samples, rate_hz, first_s = resampler.at(2 * ceiling_hz)
    # Divided by the period as in Praat, because rounding decides on the frame if a time falls on a sample.
    before_middle = np.floor((times_s - first_s) / (1 / rate_hz))
    length = math.floor(WINDOW_S * 2 * ceiling_hz + 1e-9)
    from_middle = (np.arange(length) - (length - 1) / 2) / (length + 1)
    edge = math.exp(-12)
    window = (np.exp(-48 * from_middle**2) - edge) / (1 - edge)
    emphasis = math.exp(-2 * math.pi * PRE_EMPHASIS_FROM_HZ / rate_hz)
    frequency = np.full((n_formants, times_s.size), np.nan)
    bandwidth = np.full((n_formants, times_s.size), np.nan)
    _track(samples, rate_hz, before_middle, window, emphasis, frequency, bandwidth)
    return frequency, bandwidth


@njit(cache=True)
def _advance(spectrum: Floats, turns_per_bin: float, factor: float) -> None:
    """Multiply bin k of a spectrum by factor * exp(2 pi i k turns_per_bin), which advances the signal.

    The spectrum is given as real and imaginary part in turn, because numba compiles complex numbers slowly.
    """
    angle = 2 * math.pi * turns_per_bin
    step_r, step_i = math.cos(angle), math.sin(angle)
    n_bins = spectrum.size // 2
    for start in range(0, n_bins, 64):  # restarted regularly, so that rounding errors do not add up
        turn_r, turn_i = factor * math.cos(angle * start), factor * math.sin(angle * start)
        for k in range(start, min(start + 64, n_bins)):
            real, imaginary = spectrum[2 * k], spectrum[2 * k + 1]
            spectrum[2 * k] = real * turn_r - imaginary * turn_i
            spectrum[2 * k + 1] = real * turn_i + imaginary * turn_r
            turn_r, turn_i = turn_r * step_r - turn_i * step_i, turn_r * step_i + turn_i * step_r


@njit(cache=True)
def _track(
    samples: Floats,
    rate_hz: float,
    before_middle: Floats,
    window: Floats,
    emphasis: float,
    frequency: Floats,
    bandwidth: Floats,
) -> None:
    """Fill in the formants of the frames; `before_middle` is the index of the last sample before their middle."""
    n_formants, n_frames = frequency.shape
    half = window.size // 2
    frame = np.empty(2 * half + 2 * n_formants + 3)
    polynomial = np.empty(2 * n_formants + 1)
    real, imaginary = np.empty(n_formants), np.empty(n_formants)
    hz_per_radian = rate_hz / (2 * math.pi)
    for t in range(n_frames):
        if not -half <= before_middle[t] < samples.size + half:  # also skips NaN
            continue
        start = int(before_middle[t]) + 1 - half
        low, high = max(-start, 0), min(samples.size - start, 2 * half)
        if low >= high:
            continue
        for i in range(low):
            frame[i] = 0
        frame[low] = samples[start + low] * window[low]
        if start + low > 0:
            frame[low] -= emphasis * samples[start + low - 1] * window[low]
        for i in range(low + 1, high):
            frame[i] = (samples[start + i] - emphasis * samples[start + i - 1]) * window[i]
        for i in range(high, frame.size):
            frame[i] = 0
        if not _predict(frame, 2 * half, polynomial):
            continue
        n_kept = 0
        for k in range(_upper_roots(polynomial, real, imaginary)):
            hz = math.atan2(imaginary[k], real[k]) * hz_per_radian
            if MARGIN_HZ <= hz <= rate_hz / 2 - MARGIN_HZ:
                place = n_kept
                while place > 0 and frequency[place - 1, t] > hz:
                    frequency[place, t] = frequency[place - 1, t]
                    bandwidth[place, t] = bandwidth[place - 1, t]
                    place -= 1
                frequency[place, t] = hz
                # abs reflects a root into the unit circle if rounding has put it outside.
                bandwidth[place, t] = abs(math.log(real[k] ** 2 + imaginary[k] ** 2)) * hz_per_radian
                n_kept += 1


@njit(cache=True, fastmath=ANY_ORDER)
def _predict(frame: Floats, size: int, polynomial: Floats) -> bool:
    """Compute the prediction polynomial by Levinson's recursion, highest power first; return False for silence or NaN.

    The `size` samples of the frame must be followed by at least three more zeros than the order.
    """
    order = polynomial.size - 1
    correlation = np.empty(order + 4)
    for lag in range(0, order + 1, 4):  # four lags at once, because loading samples takes longer than multiplying them
        later = frame[lag:]
        sum0 = sum1 = sum2 = sum3 = 0.0
        for i in range(size):
            sum0 += frame[i] * later[i]
            sum1 += frame[i] * later[i + 1]
            sum2 += frame[i] * later[i + 2]
            sum3 += frame[i] * later[i + 3]
        correlation[lag], correlation[lag + 1] = sum0, sum1
        correlation[lag + 2], correlation[lag + 3] = sum2, sum3
    error = correlation[0]
    previous = np.empty(order + 1)
    polynomial[0] = 1.0
    for m in range(1, order + 1):
        if not 0 < error < math.inf:
            return False
        rest = correlation[m]
        for j in range(1, m):
            rest += polynomial[j] * correlation[m - j]
            previous[j] = polynomial[j]
        reflection = -rest / error
        for j in range(1, m):
            polynomial[j] += reflection * previous[m - j]
        polynomial[m] = reflection
        error *= 1 - reflection * reflection
    return True


@njit(cache=True)
def _upper_roots(polynomial: Floats, real: Floats, imaginary: Floats) -> int:
    """Store the roots above the real axis in `real` and `imaginary`; return their number, 0 if the search fails.

    Each root is divided out of the polynomial, which is overwritten.
    """
    degree = polynomial.size - 1
    n_roots = 0
    while degree > 2:
        # Start at the next formant of a uniform tube.
        angle = math.pi * (1 - (degree - 1) / (polynomial.size - 1))
        x, y, converged = _laguerre(polynomial, degree, 0.95 * math.cos(angle), 0.95 * math.sin(angle))
        if not converged:
            return 0
        if abs(y) <= REAL_ROOT * abs(x):
            for j in range(1, degree):
                polynomial[j] += x * polynomial[j - 1]
            degree -= 1
        else:
            polynomial[1] += 2 * x * polynomial[0]
            for j in range(2, degree - 1):
                polynomial[j] += 2 * x * polynomial[j - 1] - (x * x + y * y) * polynomial[j - 2]
            degree -= 2
            real[n_roots], imaginary[n_roots] = x, abs(y)
            n_roots += 1
    if degree == 2:
        x = -0.5 * polynomial[1] / polynomial[0]
        y_squared = polynomial[2] / polynomial[0] - x * x
        if y_squared > 0:
            real[n_roots], imaginary[n_roots] = x, math.sqrt(y_squared)
            n_roots += 1
    return n_roots


@njit(cache=True)
def _laguerre(polynomial: Floats, degree: int, x: float, y: float) -> tuple[float, float, bool]:
    """Find a root near x + iy of a real polynomial; return its parts, and whether the search converged."""
    for _ in range(MAX_STEPS):
        # Horner's scheme for value, slope and half the curvature, in real numbers because numba's complex are slow.
        value_r, value_i, slope_r, slope_i, curve_r, curve_i = polynomial[0], 0.0, 0.0, 0.0, 0.0, 0.0
        for j in range(1, degree + 1):
            curve_r, curve_i = curve_r * x - curve_i * y + slope_r, curve_r * y + curve_i * x + slope_i
            slope_r, slope_i = slope_r * x - slope_i * y + value_r, slope_r * y + slope_i * x + value_i
            value_r, value_i = value_r * x - value_i * y + polynomial[j], value_r * y + value_i * x
        size = value_r * value_r + value_i * value_i
        if size == 0:
            return x, y, True
        g_r, g_i = (slope_r * value_r + slope_i * value_i) / size, (slope_i * value_r - slope_r * value_i) / size
        h_r, h_i = (curve_r * value_r + curve_i * value_i) / size, (curve_i * value_r - curve_r * value_i) / size
        # step = n / (g +- sqrt((n - 1) ((n - 1) g^2 - 2 n h))), with the sign that makes it the smaller
        root_r, root_i = _square_root(
            (degree - 1) * ((degree - 1) * (g_r * g_r - g_i * g_i) - 2 * degree * h_r),
            (degree - 1) * ((degree - 1) * 2 * g_r * g_i - 2 * degree * h_i),
        )
        if root_r * g_r + root_i * g_i < 0:
            root_r, root_i = -root_r, -root_i
        below_r, below_i = g_r + root_r, g_i + root_i
        size = below_r * below_r + below_i * below_i
        if size == 0:  # leave a plateau
            x, y = x + 0.1, y + 0.05
            continue
        step_r, step_i = degree * below_r / size, -degree * below_i / size
        x, y = x - step_r, y - step_i
        if abs(step_r) + abs(step_i) < LAST_STEP:
            return x, y, True
    return x, y, False


@njit(cache=True, inline="always")
def _square_root(x: float, y: float) -> tuple[float, float]:
    """Return the real and imaginary part of the square root of x + iy."""
    larger = math.sqrt(0.5 * (math.sqrt(x * x + y * y) + abs(x)))
    if larger == 0:
        return 0.0, 0.0
    return (larger, 0.5 * y / larger) if x >= 0 else (0.5 * y / larger, larger)
