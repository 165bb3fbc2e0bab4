"""What can be done to a recording: names, units and strengths."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import acoustics, voice

#: Mono samples, their rate in Hz, the strength and a generator of random numbers to other samples at the same rate.
Change = Callable[[np.ndarray, int, float, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Augmentation:
    """One way to change a recording."""

    name: str
    does: str  #: in a few words
    strength: str  #: what its number says
    unit: str  #: empty for a factor
    usual: tuple[float, float]  #: the range that the strength is drawn from, if none is given
    limits: tuple[float, float]  #: the smallest and the largest strength that can be asked for
    by: str  #: what computes it
    change: Change
    moves: str  #: what it does to the features, measured by ``benchmarks/augmentation.py``
    factor: bool = False  #: whether strengths are drawn evenly on a logarithmic scale, 1 changing nothing


_ALL = (
    Augmentation(
        "noise",
        "adds steady white noise",
        "signal-to-noise ratio",
        "dB",
        usual=(10.0, 30.0),
        limits=(-10.0, 80.0),
        by="numpy",
        change=acoustics.with_noise,
        moves="TODO",
    ),
    Augmentation(
        "stretch",
        "makes it longer or shorter at the same pitch",
        "new over old duration",
        "",
        usual=(0.85, 1.18),
        limits=(0.5, 2.0),
        by="Praat: Lengthen (overlap-add)",
        change=voice.stretched,
        moves="TODO",
        factor=True,
    ),
    Augmentation(
        "shift",
        "puts silence before it",
        "silence",
        "s",
        usual=(0.0, 0.5),
        limits=(0.0, 10.0),
        by="numpy",
        change=acoustics.delayed,
        moves="TODO",
    ),
    Augmentation(
        "pitch",
        "raises or lowers the voice; timing and formants stay",
        "change of pitch",
        "st",
        usual=(-2.0, 2.0),
        limits=(-12.0, 12.0),
        by="Praat: Manipulation, overlap-add",
        change=voice.transposed,
        moves="TODO",
    ),
    Augmentation(
        "speed",
        "plays it faster or slower: timing, pitch and formants change together",
        "new over old speed",
        "",
        usual=(0.93, 1.07),
        limits=(0.5, 2.0),
        by="soxr",
        change=acoustics.played_faster,
        moves="TODO",
        factor=True,
    ),
    Augmentation(
        "gain",
        "makes it louder or softer",
        "change of level",
        "dB",
        usual=(-12.0, 6.0),
        limits=(-60.0, 40.0),
        by="numpy",
        change=acoustics.amplified,
        moves="TODO",
    ),
    Augmentation(
        "reverb",
        "puts it into a room, where the echoes are as loud as the voice",
        "reverberation time RT60",
        "s",
        usual=(0.2, 0.8),
        limits=(0.05, 5.0),
        by="scipy",
        change=acoustics.in_a_room,
        moves="TODO",
    ),
    Augmentation(
        "formant",
        "makes the vocal tract shorter or longer; pitch and timing stay",
        "new over old formants",
        "",
        usual=(0.91, 1.1),
        limits=(0.6, 1.7),
        by="Praat: Change gender",
        change=voice.with_formants_moved,
        moves="TODO",
        factor=True,
    ),
)
#: By name, in the order in which they are listed.
AUGMENTATIONS = {one.name: one for one in _ALL}
