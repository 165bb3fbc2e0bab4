"""Mel and chroma filters that are bit-identical to those of librosa.

They are computed here because importing librosa takes half a second, for which every ``predict`` would wait.

References
----------
Slaney, M. (1998). Auditory toolbox. Technical Report 1998-010, Interval Research Corporation.
Ellis, D. (2007). Chroma feature analysis and synthesis. https://labrosa.ee.columbia.edu/matlab/chroma-ansyn/
"""

import numpy as np

#: Slaney's scale: linear up to 1 kHz, 200/3 Hz a mel, then 27 mel for a factor of 6.4.
_HZ_PER_MEL, _LINEAR_UP_TO_HZ = 200.0 / 3, 1000.0
_LOG_STEP = np.log(6.4) / 27.0
_LINEAR_UP_TO_MEL = _LINEAR_UP_TO_HZ / _HZ_PER_MEL
N_CHROMA = 12
#: The octave with the largest weight, counted from 27.5 Hz, and the standard deviation of the weights in octaves.
_CENTRE_OCTAVE, _OCTAVES = 5.0, 2.0
_A4_HZ = 440.0


def mel_frequencies(n: int, highest_hz: float) -> np.ndarray:
    """Return frequencies in Hz, equally spaced in mel, from 0 to the highest (1 kHz or more), shape (n,)."""
    highest_mel = _LINEAR_UP_TO_MEL + np.log(highest_hz / _LINEAR_UP_TO_HZ) / _LOG_STEP
    mels = np.linspace(0.0, highest_mel, n)
    above = _LINEAR_UP_TO_HZ * np.exp(_LOG_STEP * (mels - _LINEAR_UP_TO_MEL))
    return np.where(mels >= _LINEAR_UP_TO_MEL, above, _HZ_PER_MEL * mels)


def mel_filters(sample_rate_hz: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Return triangular filters of equal area, shape (n_mels, n_fft // 2 + 1)."""
    edges_hz = mel_frequencies(n_mels + 2, sample_rate_hz / 2)
    widths_hz = np.diff(edges_hz)
    ramps = np.subtract.outer(edges_hz, np.fft.rfftfreq(n_fft, 1.0 / sample_rate_hz))
    rising, falling = -ramps[:-2] / widths_hz[:-1, np.newaxis], ramps[2:] / widths_hz[1:, np.newaxis]
    height = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return np.maximum(0, np.minimum(rising, falling)) * height[:, np.newaxis]


def chroma_filters(sample_rate_hz: int, n_fft: int) -> np.ndarray:
    """Return the weight of each bin in each pitch class, C first, shape (12, n_fft // 2 + 1)."""
    hz = np.linspace(0, sample_rate_hz, n_fft, endpoint=False)[1:]
    steps = N_CHROMA * np.log2(hz / (_A4_HZ / 16))
    steps = np.append(steps[0] - 1.5 * N_CHROMA, steps)  # a place for 0 Hz, whose logarithm is undefined
    widths = np.append(np.maximum(np.diff(steps), 1.0), 1.0)
    away = np.subtract.outer(steps, np.arange(N_CHROMA, dtype=float)).T
    half = N_CHROMA / 2
    away = np.remainder(away + half + 10 * N_CHROMA, N_CHROMA) - half
    # Tiled as in librosa, because numpy's exp rounds differently for another layout in memory.
    weights = np.exp(-0.5 * (2 * away / np.tile(widths, (N_CHROMA, 1))) ** 2)
    weights /= np.sum(weights**2, axis=0, keepdims=True) ** 0.5
    weights *= np.exp(-0.5 * ((steps / N_CHROMA - _CENTRE_OCTAVE) / _OCTAVES) ** 2)
    return np.ascontiguousarray(np.roll(weights, -3, axis=0)[:, : 1 + n_fft // 2])
