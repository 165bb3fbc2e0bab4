"""Which copies are wanted, and how strongly each recording is changed for them."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ProtocolError, chosen
from .augmentations import AUGMENTATIONS


@dataclass(frozen=True)
class Wanted:
    """One copy of every recording: what is done to it, and the range of its strength."""

    name: str
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name}:{self.low:g}" if self.low == self.high else f"{self.name}:{self.low:g}..{self.high:g}"


@dataclass(frozen=True)
class Variant:
    """One copy of one recording."""

    name: str  #: of :data:`AUGMENTATIONS`
    strength: float  #: in its unit
    seed: int = 0  #: of the noise in it, where there is some
    number: int = 1  #: among the recording's copies of that name and strength

    def __str__(self) -> str:
        return f"{self.name}:{self.strength:g}" + (f"#{self.number}" if self.number > 1 else "")

    def __call__(self, samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
        """The copy: mono samples to mono samples at the same rate, float64."""
        change = AUGMENTATIONS[self.name].change
        return change(samples, sample_rate_hz, self.strength, np.random.default_rng(self.seed))


def parse_augmentations(text: str | Sequence[str]) -> tuple[Wanted, ...]:
    """What is asked for in words.

    Parameters
    ----------
    text : str or sequence of str
        ``noise``, ``noise:20`` or ``noise:10..30``; several with commas, each of which is one copy.

    Raises
    ------
    ProtocolError
        If there is no such augmentation, or a strength is no number in its range.

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
    if not one.limits[0] <= ends[0] <= ends[1] <= one.limits[1]:  # NaN compares as false
        unit = f" {one.unit}" if one.unit else ""
        raise ProtocolError(
            f"invalid strength in {item!r}: the strength of {name} ({one.strength}) must lie between "
            f"{one.limits[0]:g} and {one.limits[1]:g}{unit}, with the smaller end of a range first"
        )
    return Wanted(name, *ends)


def draw(
    wanted: Sequence[Wanted], recording: bytes, seed: int = 0, start_s: float = 0.0, end_s: float = math.nan
) -> list[Variant]:
    """The copies of one recording: strengths drawn from their ranges, the same whenever and wherever it is asked.

    Parameters
    ----------
    wanted : sequence of Wanted
    recording : bytes
        What tells the recording from others: :func:`prosody_ser.audio.content.content_digest` of its file.
    seed : int
        Another gives other copies.
    start_s, end_s : float
        The stretch of it that is changed, NaN for its end: another stretch is another recording.
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
        strength = float(f"{strength:.4g}")  # what the name of a copy says is what it was made with
        alike = sum((other.name, other.strength) == (one.name, strength) for other in variants)
        variants.append(Variant(one.name, strength, int(rng.integers(2**32)), alike + 1))
    return variants
