"""Cepstral peak prominence: how far the voice's period stands out of the cepstrum, in dB.

Equally spaced harmonics make the spectrum in dB a ripple, and the ripple's own spectrum, the cepstrum, peaks at the
period of the voice. The height of that peak over a straight line through the whole cepstrum tells a clear voice from
a breathy, rough or whispered one, and no pitch need be known. In the frames centred on given times:

1. 50 ms Hann window, its mean taken off first: DC and rumble leak into the lowest harmonics;
2. power spectrum ``P`` up to 5 kHz, then its cepstrum ``c(q) = DCT-I of ln P`` up to 32 ms in steps of 0.1 ms;
3. ``D(q) = 10 log10`` of ``c(q)^2`` averaged over 0.5 ms of quefrency (Hillenbrand & Houde 1996);
4. least-squares line through ``D`` from 1 to 32 ms; the result is the largest ``D(q) - line(q)`` for periods of
   2 to 16.7 ms.

Praat's CPPS (straight line) is the oracle: window, band and smoothing were chosen by rank correlation with it on
EMO-DB and RAVDESS, and the values agree within a decibel or so. Two things differ. The peak is looked for up to
500 Hz and not 333 Hz: of the frames of those corpora whose f0 is above 333 Hz, 88 % then have it within 10 % of the
voice's own period, not 27 %, and emotions lie further apart. And nothing is averaged over time: it hardly changes a
clip's mean, and a frame's value would depend on which frames are asked for.

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
#: Deeper than this below the loudest sample, taken for a sine's, there is no spectrum: 32-bit floats hold no more.
FLOOR_DB = 120.0
#: Frames at a time: few enough to stay in the processor's cache.
BLOCK = 48

N_BINS = round(LINE_TO_S / STEP_S)
#: What the line is fitted through. Averaging takes two steps from the cepstrum's end.
_QUEFRENCY_S = np.arange(round(LINE_FROM_S / STEP_S), N_BINS + 1 - SMOOTHING // 2) * STEP_S
_CENTRED = (_QUEFRENCY_S - _QUEFRENCY_S.mean()).astype(np.float32)
_SLOPE = _CENTRED / (_CENTRED @ _CENTRED)
_PERIODS = slice(*np.searchsorted(_QUEFRENCY_S, (1 / PEAK_CEILING_HZ - STEP_S / 2, 1 / PEAK_FLOOR_HZ)))


def cpp_contour(samples: np.ndarray, sample_rate_hz: int, times_s: np.ndarray) -> np.ndarray:
    """Cepstral peak prominence of the frames centred on given times.

    Parameters
    ----------
    samples : ndarray of float64, shape (n,)
        Speech, with some context around it: what lies outside the array counts as zero.
    sample_rate_hz : int
        10 kHz at least.
    times_s : ndarray of float64, shape (n_frames,)
        Centres of the frames in s from the start of the samples, in any order.

    Returns
    -------
    ndarray of float64, shape (n_frames,)
        In dB; NaN on frames of silence.
    """
    prominence_db = np.full(times_s.size, np.nan)
    loudest = np.abs(samples).max(initial=0.0)
    if loudest == 0:
        return prominence_db
    window = _window(sample_rate_hz)
    # Scaled before it is rounded to 32 bits, so that gain cannot move the rounding either.
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
    """Height in dB of the peak over the line, shape (n_frames,), NaN for silence. The frames are lost."""
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
