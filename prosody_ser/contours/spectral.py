"""Spectral contours through librosa, on one power spectrogram.

25 ms Hann windows every 10 ms, 512-point FFT; no padding at the ends, so that every frame is speech.
"""

import numpy as np
from librosa import stft
from librosa.feature import zero_crossing_rate

WINDOW = 400
STEP = 160
N_FFT = 512


def power_spectrogram(samples: np.ndarray) -> np.ndarray:
    """Power spectrogram, shape (257, n_frames), of 16 kHz speech."""
    spectrum = stft(samples, n_fft=N_FFT, hop_length=STEP, win_length=WINDOW, center=False)
    return np.abs(spectrum) ** 2


def zero_crossing_contour(samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Zero crossings per second in each 25 ms frame, shape (n_frames,), the clip's mean removed first."""
    rate = zero_crossing_rate(samples - samples.mean(), frame_length=WINDOW, hop_length=STEP, center=False)
    return rate[0] * sample_rate_hz
