"""Mel-frequency cepstral coefficients through librosa.

40 mel bands (Slaney) from 0 to 8 kHz, in dB with 80 dB of range below the clip's loudest band, orthonormal
DCT-II. Coefficient 0 is the level and is left out; 1 to 13 describe the shape of the spectrum and do not move
with gain.

References
----------
Davis, S. & Mermelstein, P. (1980). Comparison of parametric representations for monosyllabic word recognition
    in continuously spoken sentences. IEEE Trans. ASSP 28(4), 357-366.
"""

import numpy as np
from librosa import power_to_db
from librosa.feature import melspectrogram, mfcc

N_MELS = 40
N_MFCC = 13
RANGE_DB = 80.0


def mfcc_contours(power: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """MFCC 1 to 13 of a power spectrogram.

    Parameters
    ----------
    power : ndarray of float64, shape (n_bins, n_frames)
    sample_rate_hz : int

    Returns
    -------
    ndarray of float64, shape (13, n_frames), in dB
    """
    mel = melspectrogram(S=power, sr=sample_rate_hz, n_mels=N_MELS)
    # amin far below 16-bit noise: the floor is the clip's own range, so gain shifts coefficient 0 alone.
    level_db = power_to_db(mel, amin=1e-30, top_db=RANGE_DB)
    return mfcc(S=level_db, n_mfcc=N_MFCC + 1)[1:]
