"""Changes of the recording: noise, delay, level, playback speed and room, from mono samples to mono samples."""

import numpy as np
import soxr

from ..units import db_to_power

#: Level of the reverberation relative to the direct sound.
REVERBERANT_DB = 0.0
#: The reverberation is cut where it has decayed by this much.
TAIL_DB = 60.0


def with_noise(samples: np.ndarray, sample_rate_hz: int, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """Add white noise, `snr_db` below the mean power of the samples."""
    power = np.mean(samples**2) / db_to_power(snr_db)
    return samples + rng.normal(0.0, np.sqrt(power), samples.size)


def delayed(samples: np.ndarray, sample_rate_hz: int, delay_s: float, rng: np.random.Generator) -> np.ndarray:
    """Put `delay_s` of silence before the samples."""
    return np.concatenate([np.zeros(round(delay_s * sample_rate_hz)), samples])


def amplified(samples: np.ndarray, sample_rate_hz: int, gain_db: float, rng: np.random.Generator) -> np.ndarray:
    """Change the level; samples may exceed full scale and are not clipped."""
    return samples * np.sqrt(db_to_power(gain_db))


def played_faster(samples: np.ndarray, sample_rate_hz: int, speed: float, rng: np.random.Generator) -> np.ndarray:
    """Play the samples `speed` times as fast, like a tape."""
    return soxr.resample(samples, speed, 1.0, quality="VHQ")


def in_a_room(samples: np.ndarray, sample_rate_hz: int, rt60_s: float, rng: np.random.Generator) -> np.ndarray:
    """Add reverberation that decays by 60 dB in `rt60_s`, and keep the overall level.

    The impulse response of the room is the direct sound followed by exponentially decaying Gaussian noise (Polack 1988)
    with the same energy as the direct sound.

    References
    ----------
    Polack, J.-D. (1988). La transmission de l'énergie sonore dans les salles. Thesis, Université du Maine, Le Mans.
    """
    n = max(2, round(rt60_s * sample_rate_hz * TAIL_DB / 60))
    decay = 10 ** (-3 * np.arange(1, n) / (rt60_s * sample_rate_hz))
    tail = rng.normal(size=n - 1) * decay
    tail *= np.sqrt(db_to_power(REVERBERANT_DB) / np.sum(tail**2))
    from scipy.signal import fftconvolve  # takes half a second to import, and few ask for a room

    wet = fftconvolve(samples, np.concatenate([[1.0], tail]))
    power = np.sum(wet**2)
    return wet * np.sqrt(np.sum(samples**2) / power) if power > 0 else wet
