"""The spectrum: ``librosa.stft`` and ``librosa.feature``, on Hann windows of 25 ms every 10 ms.

Only librosa's smallest power, which is absolute, is set relative to the clip, so that the results are independent of
gain.
"""

from typing import Any

import librosa
import numpy as np

from ...audio.frames import FRAME_STEP, FRAME_STEP_S, SAMPLE_RATE_HZ
from ...audio.prepare import Audio
from ...catalogue.contours import N_MELS, N_MFCC
from ..mel import DELTA_FRAMES, RANGE_DB
from ..spectrum import FLOOR_DB, N_FFT, REACH, ROLLOFF_SHARE, WINDOW

_FRAMES: dict[str, Any] = {"frame_length": WINDOW, "hop_length": FRAME_STEP, "center": False}


def librosa_power(audio: Audio) -> np.ndarray:
    """Compute the power spectrogram of a clip, shape (n_frames, 257).

    librosa puts the window in the middle of the FFT, so the samples extend beyond the windows by half the difference on
    either side.
    """
    samples = audio.around(REACH + (N_FFT - WINDOW) // 2)
    spectrum = librosa.stft(samples, n_fft=N_FFT, hop_length=FRAME_STEP, win_length=WINDOW, center=False)
    return np.abs(spectrum.T) ** 2


def librosa_mel(power: np.ndarray) -> np.ndarray:
    """Compute the power of the mel bands, shape (n_frames, 40)."""
    return librosa.feature.melspectrogram(S=power.T, sr=SAMPLE_RATE_HZ, n_fft=N_FFT, n_mels=N_MELS).T


def librosa_levels(mel_bands: np.ndarray) -> np.ndarray:
    """Compute the level of the mel bands in dB, shape (40, n_frames), at most 80 dB below the loudest."""
    return librosa.power_to_db(mel_bands.T, amin=1e-300, top_db=RANGE_DB)


def librosa_mfcc(level_db: np.ndarray) -> np.ndarray:
    """Compute MFCC 0 to 13, shape (14, n_frames)."""
    return librosa.feature.mfcc(S=level_db, n_mfcc=N_MFCC + 1)


def librosa_delta(values: np.ndarray) -> np.ndarray:
    """Compute the change per second, same shape."""
    return librosa.feature.delta(values, width=DELTA_FRAMES) / FRAME_STEP_S


def librosa_flux(level_db: np.ndarray) -> np.ndarray:
    """Compute the mean rise of the band levels in dB/s, shape (n_frames,); the first is NaN."""
    rise = librosa.onset.onset_strength(S=level_db, sr=SAMPLE_RATE_HZ, hop_length=FRAME_STEP, center=False)
    return np.append(np.nan, rise[1:] / FRAME_STEP_S)


def librosa_shape(power: np.ndarray) -> np.ndarray:
    """Compute centroid, bandwidth and roll-off in Hz and flatness in dB, shape (4, n_frames)."""
    spectrum = {"S": np.sqrt(power.T), "sr": SAMPLE_RATE_HZ, "n_fft": N_FFT}
    feature = librosa.feature
    flatness = feature.spectral_flatness(S=spectrum["S"], amin=max(power.max() * 1e-20, 1e-300))
    rolloff = feature.spectral_rolloff(**spectrum, roll_percent=ROLLOFF_SHARE)
    shape = (feature.spectral_centroid(**spectrum), feature.spectral_bandwidth(**spectrum), rolloff)
    return np.concatenate([*shape, 10 * np.log10(flatness)])


def librosa_chroma(power: np.ndarray) -> np.ndarray:
    """Compute the energy of the twelve pitch classes relative to the strongest, shape (12, n_frames)."""
    return librosa.feature.chroma_stft(S=power.T, sr=SAMPLE_RATE_HZ, n_fft=N_FFT, tuning=0.0)


def librosa_rms(audio: Audio) -> np.ndarray:
    """Compute the level of the frames in dB re full scale, shape (n_frames,), at most 100 dB below the loudest."""
    rms = librosa.feature.rms(y=audio.around(REACH, voice=True), **_FRAMES)[0]
    return 20 * np.log10(np.maximum(rms, rms.max() * 10 ** (-FLOOR_DB / 20)))


def librosa_zero_crossings(audio: Audio) -> np.ndarray:
    """Compute the zero crossings per second of the frames, shape (n_frames,)."""
    return librosa.feature.zero_crossing_rate(audio.around(REACH), **_FRAMES)[0] * SAMPLE_RATE_HZ
