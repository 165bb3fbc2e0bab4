"""Cepstral peak prominence: how far the peak at the voice's period stands out of the cepstrum, in dB.

Equally spaced harmonics make a ripple in the spectrum in dB, and the spectrum of this ripple, the cepstrum, has a peak
at the period of the voice. The height of the peak above a straight line through the cepstrum distinguishes a clear
voice from a breathy, rough or whispered one, and needs no pitch tracking. For frames centred on given times:

1. 50 ms Hann window, after subtracting the mean, because DC and rumble leak into the lowest harmonics;
2. power spectrum ``P`` up to 5 kHz, then its cepstrum ``c(q) = DCT-I of ln P`` up to 32 ms in steps of 0.1 ms;
3. ``D(q) = 10 log10`` of ``c(q)^2`` averaged over 0.5 ms of quefrency (Hillenbrand & Houde 1996);
4. least-squares line through ``D`` from 1 to 32 ms. The result is the largest ``D(q) - line(q)`` for periods of
   2 to 16.7 ms.

The reference is Praat's CPPS (with a straight line): window, band and smoothing were chosen by rank correlation with it
on EMO-DB and RAVDESS, and the values agree within about a decibel. There are two differences. First, the peak is
searched for up to 500 Hz instead of 333 Hz: in the frames of these corpora whose f0 is above 333 Hz, it then lies
within 10 % of the voice's period in 88 % of the frames instead of 27 %, and emotions differ more. Second, nothing is
averaged over time: averaging hardly changes the mean of a clip, and the value of a frame would depend on which frames
are requested.

References
----------
Hillenbrand, J., Cleveland, R. A. & Erickson, R. L. (1994). Acoustic correlates of breathy vocal quality. Journal of
    Speech and Hearing Research 37(4), 769-778.
Hillenbrand, J. & Houde, R. A. (1996). Acoustic correlates of breathy vocal quality: dysphonic voices and continuous
    speech. Journal of Speech and Hearing Research 39(2), 311-321.
"""

from functools import cache

import numpy as np
from scipy.fft import dct, rfft

from ..audio.filters import hann

WINDOW_S = 0.050
HIGHEST_HZ = 5000.0
STEP_S = 1 / (2 * HIGHEST_HZ)  # of quefrency
SMOOTHING = 5  # steps
LINE_FROM_S, LINE_TO_S = 0.001, 0.032
PEAK_FLOOR_HZ, PEAK_CEILING_HZ = 60.0, 500.0
#: Floor of the spectrum below that of a sine with the loudest sample as amplitude; 32-bit floats resolve no more.
FLOOR_DB = 120.0
#: Frames that are processed at a time, few enough to stay in the processor's cache.
BLOCK = 48

N_BINS = round(LINE_TO_S / STEP_S)
#: Quefrencies through which the line is fitted. Averaging shortens the cepstrum by two steps at its end.
_QUEFRENCY_S = np.arange(round(LINE_FROM_S / STEP_S), N_BINS + 1 - SMOOTHING // 2) * STEP_S
_CENTRED = (_QUEFRENCY_S - _QUEFRENCY_S.mean()).astype(np.float32)
_SLOPE = _CENTRED / (_CENTRED @ _CENTRED)
_PERIODS = slice(*np.searchsorted(_QUEFRENCY_S, (1 / PEAK_CEILING_HZ - STEP_S / 2, 1 / PEAK_FLOOR_HZ)))


def cpp_contour(samples: np.ndarray, sample_rate_hz: int, times_s: np.ndarray) -> np.ndarray:
    """Compute the cepstral peak prominence of frames centred on given times.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech with some context around it; samples outside the array count as zero.
    sample_rate_hz : int
        At least 10 kHz.
    times_s : ndarray of float64, shape (n_frames,)
        Centres of the frames in s from the start of the samples, in any order.

    Returns
    -------
    ndarray of float64, shape (n_frames,)
        In dB; NaN in silent frames.
    """
    prominence_db = np.full(times_s.size, np.nan)
    loudest = np.abs(samples).max(initial=0.0)
    if loudest == 0:
        return prominence_db
    window = _window(sample_rate_hz)
    # Scaled before rounding to 32 bits, so that the result does not depend on gain.
    padded = np.pad((samples / loudest).astype(np.float32), window.size)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window.size)
    starts = np.rint(times_s * sample_rate_hz).astype(int) + window.size // 2
    starts = np.clip(starts, 0, len(frames) - 1)
    for first in range(0, starts.size, BLOCK):
        block = slice(first, first + BLOCK)
        prominence_db[block] = _prominence(frames[starts[block]], window, sample_rate_hz)
    return prominence_db


@cache
def _window(sample_rate_hz: int) -> np.ndarray:
    return hann(2 * round(WINDOW_S * sample_rate_hz / 2), periodic=True).astype(np.float32)


def _prominence(frames: np.ndarray, window: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Compute the height of the peak above the line in dB, NaN for silence; the frames are overwritten."""
    frames -= frames.mean(axis=1, keepdims=True)
    frames *= window
    n_fft = round(N_BINS * sample_rate_hz / HIGHEST_HZ)
    spectrum = rfft(frames, n_fft, axis=1)[:, : N_BINS + 1]
    power = spectrum.real**2 + spectrum.imag**2
    floor = (window.sum() / 2) ** 2 * 10 ** (-FLOOR_DB / 10)
    silent = power.max(axis=1) <= floor
    cepstrum = dct(np.log(np.maximum(power, floor)), type=1, axis=1, overwrite_x=True)
    cepstrum *= cepstrum
    first = round(LINE_FROM_S / STEP_S) - SMOOTHING // 2
    smooth = sum(cepstrum[:, i : i + _QUEFRENCY_S.size] for i in range(first, first + SMOOTHING))
    level_db = 10 * np.log10(np.maximum(smooth, np.finfo(np.float32).tiny))
    slope = level_db @ _SLOPE
    level_db -= level_db.mean(axis=1, keepdims=True) + slope[:, np.newaxis] * _CENTRED
    return np.where(silent, np.nan, level_db[:, _PERIODS].max(axis=1))
