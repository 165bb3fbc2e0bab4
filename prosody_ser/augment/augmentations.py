"""The available augmentations: names, units and strengths."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import acoustics, voice

#: A function of mono samples, their rate in Hz, the strength and a random generator that returns changed samples.
Change = Callable[[np.ndarray, int, float, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Augmentation:
    """One way to change a recording."""

    name: str
    does: str  #: short description
    strength: str  #: the quantity that the strength gives
    unit: str  #: empty for a factor
    usual: tuple[float, float]  #: default range from which the strength is drawn
    limits: tuple[float, float]  #: smallest and largest allowed strength
    by: str  #: library or command that computes it
    change: Change
    #: effect on the features: median change in standard deviations over clips (``benchmarks/augmentation.py``)
    moves: str
    factor: bool = False  #: whether the strength is a factor, drawn on a logarithmic scale


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
        moves=(
            "spectral flux (-4.6 at 10 dB, -2.6 at 30 dB), spread of loudness (-4.0, -1.7), spectral centroid "
            "(+3.9, +1.2), zero crossings (+3.7) and the width of F1 (+3.7); pitch and timing hardly change (0.1)"
        ),
    ),
    Augmentation(
        "stretch",
        "changes the duration at the same pitch",
        "ratio of new to old duration",
        "",
        usual=(0.85, 1.18),
        limits=(0.5, 2.0),
        by="Praat: Lengthen (overlap-add)",
        change=voice.stretched,
        moves=(
            "timing (0.3), flux and the rate of change of loudness and MFCC (0.8); a longer duration also lowers "
            "jitter (-1.3) and shimmer (-0.9), because overlap-add repeats periods"
        ),
        factor=True,
    ),
    Augmentation(
        "shift",
        "adds silence before the recording",
        "duration of the silence",
        "s",
        usual=(0.0, 0.5),
        limits=(0.0, 10.0),
        by="numpy",
        change=acoustics.delayed,
        moves="nothing, because silence around the speech is removed before measuring",
    ),
    Augmentation(
        "pitch",
        "raises or lowers the pitch; timing and formants stay the same",
        "change of pitch",
        "st",
        usual=(-2.0, 2.0),
        limits=(-12.0, 12.0),
        by="Praat: Manipulation, overlap-add",
        change=voice.transposed,
        moves=(
            "mean pitch, by the given strength; jitter (-0.6 to -1.0) and the fine movement of pitch (-0.7 to "
            "-0.9), because overlap-add smooths periods; timing does not change"
        ),
    ),
    Augmentation(
        "speed",
        "plays the recording faster or slower: timing, pitch and formants change together",
        "ratio of new to old speed",
        "",
        usual=(0.93, 1.07),
        limits=(0.5, 2.0),
        by="soxr",
        change=acoustics.played_faster,
        moves=(
            "the higher MFCC (1.5), formants and the length of the vocal tract (0.7), timing (0.14); mean pitch "
            "by 1.2 st"
        ),
        factor=True,
    ),
    Augmentation(
        "gain",
        "makes the recording louder or softer",
        "change of level",
        "dB",
        usual=(-12.0, 6.0),
        limits=(-60.0, 40.0),
        by="numpy",
        change=acoustics.amplified,
        moves="absolute level and loudness (-6 at -12 dB); nothing else",
    ),
    Augmentation(
        "reverb",
        "adds the reverberation of a room, as loud as the voice",
        "reverberation time RT60",
        "s",
        usual=(0.2, 0.8),
        limits=(0.05, 5.0),
        by="scipy",
        change=acoustics.in_a_room,
        moves=(
            "shimmer (+2.9 at 0.2 s, +4.1 at 0.8 s), spectral flux (-2.3, -3.6), cepstral peak prominence (-2.0, "
            "-2.8), pauses"
        ),
    ),
    Augmentation(
        "formant",
        "makes the vocal tract shorter or longer; pitch and timing stay the same",
        "ratio of new to old formants",
        "",
        usual=(0.91, 1.1),
        limits=(0.6, 1.7),
        by="Praat: Change gender",
        change=voice.with_formants_moved,
        moves=(
            "the higher MFCC (1.4), F3 (1.0) and the length of the vocal tract (0.9); pitch and timing hardly change "
            "(0.02)"
        ),
        factor=True,
    ),
)
#: All augmentations by name, in the order in which they are listed.
AUGMENTATIONS = {one.name: one for one in _ALL}
