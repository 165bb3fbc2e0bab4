"""Sound in memory, changed."""

import hashlib

import numpy as np
from numpy.typing import ArrayLike

from ..audio.prepare import mono
from ..errors import ProtocolError, whole_number
from .variants import draw, parse_augmentations


def augment_signal(samples: ArrayLike, sample_rate_hz: int, what: str, *, seed: int = 0) -> np.ndarray:
    """Change a recording as if its speaker, the room or the microphone had been others.

    Parameters
    ----------
    samples : array_like, shape (n,) or (n, channels)
        As for :func:`prosody_ser.measure_signal`.
    sample_rate_hz : int
        Their sample rate, and that of what is returned.
    what : str
        ``pitch:2``, with a strength in physical units; ``pitch:-2..2``, drawn from a range; ``pitch``, drawn from the
        usual one. :data:`prosody_ser.augment.AUGMENTATIONS` has them all.
    seed : int
        Of the strength drawn, and of noise.

    Returns
    -------
    ndarray of float64, shape (m,)
        Mono, in [-1, 1] where the samples were, unless it was made louder.

    Raises
    ------
    ProtocolError
        If there is no such augmentation, or several are named.
    RecordingError
        If the samples are none.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(16000) / 16000)
    >>> faster = ser.augment_signal(tone, 16000, "speed:2")
    >>> faster.size, round(ser.measure_signal(faster, 16000)["f0_p50_st"])
    (8000, 48)
    """
    whole_number("seed", seed, 0)
    wanted = parse_augmentations(what)
    if len(wanted) != 1:
        raise ProtocolError(f"{what!r} contains {len(wanted)} augmentations: give exactly one for each call")
    sound = mono(samples, sample_rate_hz)
    return draw(wanted, hashlib.sha256(sound.tobytes()).digest(), seed)[0](sound, sample_rate_hz)
