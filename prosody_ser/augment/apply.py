"""Augment sound in memory."""

import hashlib

import numpy as np
from numpy.typing import ArrayLike

from ..audio.prepare import mono
from ..errors import ProtocolError, whole_number
from .variants import draw, parse_augmentations


def augment_signal(samples: ArrayLike, sample_rate_hz: int, what: str, *, seed: int = 0) -> np.ndarray:
    """Change a recording, as if the voice, the room or the microphone were different.

    Parameters
    ----------
    samples : array_like, shape (n,) or (n, channels)
        As for :func:`prosody_ser.measure_signal`.
    sample_rate_hz : int
        Sampling rate of the samples and of the result.
    what : str
        ``pitch:2`` gives the strength in physical units; ``pitch:-2..2`` draws it from a range; ``pitch`` draws it from
        the usual range. :data:`prosody_ser.augment.AUGMENTATIONS` lists all augmentations.
    seed : int
        Seed of drawn strengths and of noise.

    Returns
    -------
    ndarray of float64, shape (m,)
        Mono; in [-1, 1] if the samples were, unless the level was raised.

    Raises
    ------
    ProtocolError
        If the augmentation is unknown, or several are given.
    RecordingError
        If the samples are invalid.

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
