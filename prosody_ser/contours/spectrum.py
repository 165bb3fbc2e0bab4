"""The spectrogram that all spectral contours share, and descriptors of its spectra, as defined by librosa.

The spectrogram has 25 ms Hann windows every 10 ms, on the frames of the clip, and a 512-point FFT. Each descriptor is
that of librosa with the same name (spectral_centroid, spectral_bandwidth, spectral_rolloff, spectral_flatness,
spectral_contrast, chroma_stft, zero_crossing_rate), written as matrix products if the result is the same; the tests
compare them with librosa. Frames of digital silence have no spectral shape and are NaN.

References
----------
McFee, B. et al. (2015). librosa: Audio and music signal analysis in Python. Proc. 14th Python in Science
    Conference, 18-24.
Jiang, D.-N. et al. (2002). Music type classification by spectral contrast feature. Proc. ICME 1, 113-116.
"""

from functools import cache

import numpy as np
from scipy.fft import rfft

from ..audio.filters import hann
from ..audio.frames import FRAME_STEP, SAMPLE_RATE_HZ
from ..audio.prepare import Audio
from .filter_banks import chroma_filters

WINDOW = 400
N_FFT = 512
ROLLOFF_SHARE = 0.85
CONTRAST_LOWEST_HZ = 200.0
N_OCTAVES = 5
#: Share of the bins of a band whose mean is its peak or valley, and the range in dB below the strongest peak or valley
#: of the clip. Both values are librosa's.
CONTRAST_SHARE, CONTRAST_RANGE_DB = 0.02, 80.0
#: Floor below the strongest bin of the clip, because 16-bit samples resolve no more.
FLOOR_DB = 100.0

FREQUENCIES_HZ = np.arange(N_FFT // 2 + 1) * (SAMPLE_RATE_HZ / N_FFT)
#: Number of samples by which the first and the last window extend beyond the speech.
REACH = (WINDOW - FRAME_STEP) // 2
_WINDOW = hann(WINDOW, periodic=True)


def power_spectrogram(audio: Audio) -> np.ndarray:
    """Compute the power of each bin and frame, shape (n_frames, 257); 0 in frames of digital silence."""
    samples = audio.around(REACH)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::FRAME_STEP]
    spectrum = rfft(frames * _WINDOW, N_FFT, axis=1)
    return without_silence(spectrum.real**2 + spectrum.imag**2, audio)


def without_silence(power: np.ndarray, audio: Audio) -> np.ndarray:
    """Set frames of digital silence to 0, in place, and return the array."""
    power[_changes(audio.around(REACH)) == 0] = 0
    return power


def spectral_shape(power: np.ndarray) -> np.ndarray:
    """Compute centroid, spread and roll-off in Hz, and flatness in dB of each frame.

    Parameters
    ----------
    power : ndarray of float64, shape (n_frames, 257)

    Returns
    -------
    ndarray of float64, shape (4, n_frames)
        NaN in frames of digital silence.
    """
    magnitude = np.sqrt(power)
    moments = magnitude @ np.column_stack([np.ones(FREQUENCIES_HZ.size), FREQUENCIES_HZ, FREQUENCIES_HZ**2])
    with np.errstate(invalid="ignore", divide="ignore"):
        centroid, square = moments[:, 1] / moments[:, 0], moments[:, 2] / moments[:, 0]
        spread = np.sqrt(np.maximum(square - centroid**2, 0))
        heard = magnitude.cumsum(axis=1)
        rolloff = FREQUENCIES_HZ[(heard >= ROLLOFF_SHARE * heard[:, -1:]).argmax(axis=1)]
        floored = np.maximum(power, power.max() * 1e-20)  # one empty bin would make it -inf
        flatness = 10 * (np.log10(floored).mean(axis=1) - np.log10(floored.mean(axis=1)))
    return where_sound(power, np.stack([centroid, spread, rolloff, flatness]))


def contrast_contours(power: np.ndarray) -> np.ndarray:
    """Compute the spectral contrast in dB of the band below 200 Hz and of the five octaves above, shape (6, n_frames).

    It is the mean of the strongest fiftieth of the bins of a band (at least one) relative to that of the weakest. The
    result is bit-identical to librosa's spectral_contrast, which takes a second to import.
    """
    magnitude = np.sqrt(power.T / max(power.max(), 1e-300))  # normalised, because the floors are absolute
    peak, valley = np.empty((2, N_OCTAVES + 1, len(power)))
    for band, bins in enumerate(_contrast_bands()):
        ordered = np.sort(magnitude[bins], axis=0)
        n = max(round(CONTRAST_SHARE * (bins.stop - bins.start + (band < N_OCTAVES))), 1)
        valley[band], peak[band] = ordered[:n].mean(axis=0), ordered[-n:].mean(axis=0)
    return where_sound(power, _floored_db(peak) - _floored_db(valley))


def _contrast_bands() -> list[slice]:
    """Return the bins of each band: from the last below its lower edge to the last but one up to its upper edge."""
    edges = np.append(0.0, CONTRAST_LOWEST_HZ * 2.0 ** np.arange(N_OCTAVES + 1))
    ends = np.searchsorted(FREQUENCIES_HZ, edges[1:], side="right") - 1
    starts = np.append(0, np.searchsorted(FREQUENCIES_HZ, edges[1:-1]) - 1)
    ends[-1] = FREQUENCIES_HZ.size
    return [slice(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _floored_db(values: np.ndarray) -> np.ndarray:
    level_db = 10.0 * np.log10(np.maximum(1e-10, values))
    return np.maximum(level_db, level_db.max() - CONTRAST_RANGE_DB)


def chroma_contours(power: np.ndarray) -> np.ndarray:
    """Compute the energy of the twelve pitch classes relative to the strongest, shape (12, n_frames)."""
    energy = _chroma_filters() @ power.T
    with np.errstate(invalid="ignore"):
        return where_sound(power, energy / energy.max(axis=0))


@cache
def _chroma_filters() -> np.ndarray:
    return chroma_filters(SAMPLE_RATE_HZ, N_FFT)


def rms_contour(audio: Audio) -> np.ndarray:
    """Compute the RMS of each 25 ms frame in dB re full scale, shape (n_frames,); at most 100 dB below the loudest."""
    square = _sliding_sums(audio.around(REACH, voice=True) ** 2) / WINDOW
    return 10 * np.log10(np.maximum(square, square.max() * 10 ** (-FLOOR_DB / 10)))


def zero_crossing_contour(audio: Audio) -> np.ndarray:
    """Compute the zero crossings per second in each 25 ms frame, shape (n_frames,)."""
    return _changes(np.signbit(audio.around(REACH))) * (SAMPLE_RATE_HZ / WINDOW)


def _changes(values: np.ndarray) -> np.ndarray:
    """Count in each frame of 25 ms how often a value differs from the previous one."""
    changed = np.append(False, values[1:] != values[:-1])
    inside = _sliding_sums(changed)
    return inside - changed[::FRAME_STEP][: inside.size]  # the first value of a frame has no previous one


def _sliding_sums(values: np.ndarray) -> np.ndarray:
    """Sum values over each frame of 25 ms, every 10 ms."""
    total = np.concatenate([[0], values.cumsum()])
    starts = np.arange(0, values.size - WINDOW + 1, FRAME_STEP)
    return total[starts + WINDOW] - total[starts]


def where_sound(power: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Set values to NaN in frames of digital silence, whose spectrum has no shape."""
    level = power.sum(axis=1)
    return np.where(level > level.max() * 1e-14, values, np.nan)
