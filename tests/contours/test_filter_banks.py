"""Filters are bit-identical to librosa's, so that no value of a frozen set changes."""

import librosa
import numpy as np

from prosody_ser.contours.filter_banks import chroma_filters, mel_filters, mel_frequencies
from prosody_ser.contours.spectrum import FREQUENCIES_HZ, contrast_contours

RATE_HZ, N_FFT = 16000, 512


def test_mel():
    assert np.array_equal(mel_frequencies(42, 8000.0), librosa.mel_frequencies(n_mels=42, fmax=8000))
    expected = librosa.filters.mel(sr=RATE_HZ, n_fft=N_FFT, n_mels=40, dtype=np.float64)
    assert np.array_equal(mel_filters(RATE_HZ, N_FFT, 40), expected)


def test_chroma():
    expected = librosa.filters.chroma(sr=RATE_HZ, n_fft=N_FFT, tuning=0.0, dtype=np.float64)
    assert np.array_equal(chroma_filters(RATE_HZ, N_FFT), expected)


def test_contrast():
    power = np.random.default_rng(0).gamma(0.3, size=(50, FREQUENCIES_HZ.size)) ** 3
    magnitude = np.sqrt(power.T / power.max())
    expected = librosa.feature.spectral_contrast(S=magnitude, sr=RATE_HZ, freq=FREQUENCIES_HZ, fmin=200.0, n_bands=5)
    assert np.array_equal(contrast_contours(power), expected)
