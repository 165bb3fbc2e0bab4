"""The mel spectrum of a clip and the contours derived from it: MFCC, their deltas, loudness, flux, RASTA.

There are 40 mel bands (as in librosa, Slaney's scale) from 0 to 8 kHz, in dB with a range of 80 dB below the loudest
band of the clip, and an orthonormal DCT-II. Coefficients 1 to 13 describe the shape of the spectrum and are independent
of gain; coefficient 0 is the mean level of the bands.

References
----------
Davis, S. & Mermelstein, P. (1980). Comparison of parametric representations for monosyllabic word recognition
    in continuously spoken sentences. IEEE Trans. ASSP 28(4), 357-366.
Hermansky, H. (1990). Perceptual linear predictive (PLP) analysis of speech. Journal of the Acoustical Society of
    America 87(4), 1738-1752. (Equal-loudness weights, cube root.)
Hermansky, H. & Morgan, N. (1994). RASTA processing of speech. IEEE Trans. Speech and Audio Processing 2(4), 578-589.
"""

from functools import cache

import numpy as np
from scipy.fft import dct
from scipy.ndimage import correlate1d

from ..audio.filters import lfilter
from ..audio.frames import FRAME_STEP_S, SAMPLE_RATE_HZ
from ..catalogue.contours import N_MELS, N_MFCC
from .filter_banks import mel_filters, mel_frequencies
from .spectrum import N_FFT

RANGE_DB = 80.0
DELTA_FRAMES = 9
RASTA_ZEROS = np.array([2.0, 1.0, 0.0, -1.0, -2.0]) / 10
RASTA_POLES = np.array([1.0, -0.98])


def mel_power(power: np.ndarray) -> np.ndarray:
    """Compute the power of each mel band, shape (n_frames, 40), from a power spectrogram of shape (n_frames, 257)."""
    return power @ _mel_filters().T


def mel_levels(mel_bands: np.ndarray) -> np.ndarray:
    """Compute the level of each mel band in dB, shape (40, n_frames), at most 80 dB below the loudest of the clip."""
    return 10 * np.log10(np.maximum(mel_bands, mel_bands.max() * 10 ** (-RANGE_DB / 10))).T


def mfcc_contours(level_db: np.ndarray) -> np.ndarray:
    """Compute MFCC 0 to 13, shape (14, n_frames), in dB; coefficient 0 is scaled to the mean level of the bands.

    Parameters
    ----------
    level_db : ndarray of float64, shape (40, n_frames)
    """
    return scaled_mfcc(dct(level_db, axis=0, norm="ortho")[: N_MFCC + 1])


def scaled_mfcc(coefficients: np.ndarray) -> np.ndarray:
    """Scale coefficient 0 to the mean level of the bands, in place, and return the array."""
    coefficients[0] /= np.sqrt(N_MELS)
    return coefficients


def delta_contours(values: np.ndarray) -> np.ndarray:
    """Compute the change per second by regression over 9 frames (like librosa's delta), same shape as `values`."""
    reach = DELTA_FRAMES // 2
    place = np.arange(-reach, reach + 1) * FRAME_STEP_S
    slope = correlate1d(values, place / (place @ place), mode="constant")
    slope[..., :reach] = slope[..., reach, None]  # the slope of the first frames, and of the last ones
    slope[..., -reach:] = slope[..., -reach - 1, None]
    return slope


def loudness_contour(mel_bands: np.ndarray) -> np.ndarray:
    """Compute the relative loudness level of each frame in dB: ``30 log10 sum_b (w_b P_b)^(1/3)``.

    The loudness of a band is the cube root of its power, weighted by Hermansky's equal-loudness weights ``w``; 30 log10
    turns the sum into a level that a gain of g dB changes by g dB.
    """
    loudness = np.cbrt(mel_bands * _equal_loudness()).sum(axis=1)
    return 30 * np.log10(np.maximum(loudness, loudness.max() * 10 ** (-RANGE_DB / 30)))


def flux_contour(level_db: np.ndarray) -> np.ndarray:
    """Compute the mean rise of the band levels between frames in dB/s, shape (n_frames,); the first is NaN."""
    rise = np.maximum(np.diff(level_db, axis=1), 0).mean(axis=0) / FRAME_STEP_S
    return np.append(np.nan, rise)


def rasta_contours(level_db: np.ndarray) -> np.ndarray:
    """Compute RASTA-filtered levels of 20 auditory bands in dB, shape (20, n_frames).

    The filter ``0.1 (2 + z^-1 - z^-3 - 2 z^-4) / (1 - 0.98 z^-1)`` over frames of 10 ms passes changes at 1 to 12 Hz,
    the rate of speech. It removes constant influences, such as gain or the response of a microphone or room. The
    filter starts at rest at the level of the first frame.

    Parameters
    ----------
    level_db : ndarray of float64, shape (40, n_frames)
        Levels of the mel bands; two neighbours are joined to one band.
    """
    power = 10 ** (level_db / 10)
    bands_db = 10 * np.log10(power[0::2] + power[1::2])
    return lfilter(RASTA_ZEROS, RASTA_POLES, np.ascontiguousarray(bands_db - bands_db[:, :1]))


@cache
def _mel_filters() -> np.ndarray:
    return mel_filters(SAMPLE_RATE_HZ, N_FFT, N_MELS)


@cache
def _equal_loudness() -> np.ndarray:
    """Return Hermansky's 40-phon curve at the centres of the bands, with a maximum of 1."""
    square = (2 * np.pi * mel_frequencies(N_MELS + 2, SAMPLE_RATE_HZ / 2)[1:-1]) ** 2
    weight = (square + 56.8e6) * square**2 / ((square + 6.3e6) ** 2 * (square + 0.38e9))
    return weight / weight.max()
