"""Parse which copies are wanted, and draw the strength of each copy of a recording."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ProtocolError, chosen
from .augmentations import AUGMENTATIONS


@dataclass(frozen=True)
class Wanted:
    """A requested copy of every recording: the augmentation and the range of its strength."""

    name: str
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name}:{self.low:g}" if self.low == self.high else f"{self.name}:{self.low:g}..{self.high:g}"


@dataclass(frozen=True)
class Variant:
    """One augmented copy of one recording."""

    name: str  #: key of :data:`AUGMENTATIONS`
    strength: float  #: in the unit of the augmentation
    seed: int = 0  #: seed of noise, if the augmentation uses noise
    number: int = 1  #: number among copies of the recording with this name and strength

    def __str__(self) -> str:
        return f"{self.name}:{self.strength:g}" + (f"#{self.number}" if self.number > 1 else "")

    def __call__(self, samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
        """Apply the augmentation to mono samples; return float64 samples at the same rate."""
        change = AUGMENTATIONS[self.name].change
        return change(samples, sample_rate_hz, self.strength, np.random.default_rng(self.seed))


def parse_augmentations(text: str | Sequence[str]) -> tuple[Wanted, ...]:
    """Parse augmentations that a user typed.

    Parameters
    ----------
    text : str or sequence of str
        ``noise``, ``noise:20`` or ``noise:10..30``; several are separated by commas, and each makes one copy.

    Raises
    ------
    ProtocolError
        If an augmentation is unknown, or a strength is not a number in the allowed range.

    Examples
    --------
    >>> [str(wanted) for wanted in parse_augmentations("speed:0.93,speed:1.07,noise")]
    ['speed:0.93', 'speed:1.07', 'noise:10..30']
    """
    items = text.split(",") if isinstance(text, str) else list(text)
    return tuple(_parsed(item.strip()) for item in items)


def _parsed(item: str) -> Wanted:
    name, colon, strength = item.partition(":")
    if not name or name[0].isdigit():
        raise ProtocolError(
            f"invalid augmentation {item!r}: separate augmentations with commas and use a decimal point in strengths, "
            "for example noise:20,speed:1.5"
        )
    one = chosen("augmentation", name, AUGMENTATIONS)
    if not colon:
        return Wanted(name, *one.usual)
    low, dots, high = strength.partition("..")
    try:
        ends = float(low), float(high if dots else low)
    except ValueError:
        raise ProtocolError(
            f"invalid strength in {item!r}: use a number, for example {name}:{one.usual[1]:g}, or a range, for example "
            f"{name}:{one.usual[0]:g}..{one.usual[1]:g}"
        ) from None
    if not one.limits[0] <= ends[0] <= ends[1] <= one.limits[1]:  # also false for NaN
        unit = f" {one.unit}" if one.unit else ""
        raise ProtocolError(
            f"invalid strength in {item!r}: the strength of {name} ({one.strength}) must lie between "
            f"{one.limits[0]:g} and {one.limits[1]:g}{unit}, with the smaller end of a range first"
        )
    return Wanted(name, *ends)


def draw(
    wanted: Sequence[Wanted], recording: bytes, seed: int = 0, start_s: float = 0.0, end_s: float = math.nan
) -> list[Variant]:
    """Draw the copies of one recording; the same arguments always give the same strengths.

    Parameters
    ----------
    wanted : sequence of Wanted
    recording : bytes
        Identifies the recording: :func:`prosody_ser.audio.files.content.content_digest` of its file.
    seed : int
        Another seed gives other copies.
    start_s, end_s : float
        The segment that is changed, NaN for its end; each segment counts as a separate recording.
    """
    variants: list[Variant] = []
    for number, one in enumerate(wanted):
        digest = hashlib.sha256(recording + f"{start_s!r} {end_s!r} {seed} {number} {one}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest, "little"))
        if one.low == one.high:
            strength = one.low
        elif AUGMENTATIONS[one.name].factor:
            strength = math.exp(rng.uniform(math.log(one.low), math.log(one.high)))
        else:
            strength = rng.uniform(one.low, one.high)
        strength = float(f"{strength:.4g}")  # rounded to the digits that the name of the copy shows
        alike = sum((other.name, other.strength) == (one.name, strength) for other in variants)
        variants.append(Variant(one.name, strength, int(rng.integers(2**32)), alike + 1))
    return variants
