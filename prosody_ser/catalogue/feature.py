"""What a contour, a measure and a feature are, and how a feature gets its name and unit."""

from dataclasses import dataclass
from typing import Any, TypeVar

from ..functionals.statistics import UNIT_RULES, Functional

#: Sample rate that a recording needs for features that look at the whole analysed band.
FULL_BAND_HZ = 16000
#: Said of features that gain moves by its decibels: of uncalibrated recordings they tell the microphone, too.
ABSOLUTE = " (absolute level: it moves with the recording's gain)"
T = TypeVar("T")


@dataclass(frozen=True)
class Contour:
    """A frame-level descriptor."""

    descriptor: str  #: first part of its features' names
    unit: str  #: of its values, ``dB`` or ``st`` for instance
    text: str  #: what it is, as the end of a sentence
    source: str  #: whose definition and whose code it is
    family: str  #: ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing`` or ``spectrum``
    #: `low`, `high`: a value outside is an error of measurement, never a property of speech
    low: float
    high: float
    group: str  #: the contours computed together with it
    row: int = 0  #: its row in the group's matrix
    over: str = "all"  #: ``all`` frames as they come, or the ``voiced`` or the ``unvoiced`` ones
    level: bool = False  #: whether gain moves it, by its decibels
    ratio_scale: bool = False  #: whether it has a true zero, so that a coefficient of variation makes sense
    needs_rate_hz: int = 0  #: recordings of a lower sample rate lack the band that it looks at: it is NaN for them
    original: str = ""  #: what the reference engine calls for it; empty where both engines share the package's code
    own: str = ""  #: what is the package's own about it

    @property
    def name(self) -> str:
        """Column name at frame level: ``f0_st``."""
        return f"{self.descriptor}_{unit_in_name(self.unit)}"


@dataclass(frozen=True)
class Feature:
    """One column of a feature table."""

    name: str  #: of the column, ``<descriptor>_<functional>_<unit>``; looked up, never parsed
    unit: str  #: of the value: ``st`` (semitones re 27.5 Hz), ``Hz``, ``dB``, ``s``, ``1/s``, ``ratio``, ``st/s`` ...
    definition: str  #: what is measured, in one sentence
    source: str  #: whose definition and whose code it is
    family: str  #: ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing`` or ``spectrum``
    #: `minimum`, `maximum`: a value outside is an error of measurement, never a property of speech
    minimum: float
    maximum: float
    group: str  #: which group of measures computes it; of a contour's feature, the contour's group
    #: `contour`, `functional`: what it is a functional of, and which; None for a measure
    contour: Contour | None = None
    functional: Functional | None = None
    needs_rate_hz: int = 0  #: recordings of a lower sample rate leave it undefined
    #: the command of Praat or the function of librosa that the reference engine calls for it, and the fast engine
    #: computes by a kernel of its own; empty where both engines share the package's code
    original: str = ""
    own: str = ""  #: what is the package's own about it, the same in both engines


def rows_of(kind: type[T], *rows: tuple, columns: str, **shared: Any) -> list[T]:
    """Contours or features: in the rows what differs, under the names of its fields as columns, then what is alike."""
    return [kind(**dict(zip(columns.split(), row, strict=True)), **shared) for row in rows]


def unit_in_name(unit: str) -> str:
    """A unit as names end with it: ``st/s`` is ``st_per_s``."""
    return unit.lower().replace("1/", "per_").replace("/", "_per_")


def feature_of(contour: Contour, functional: Functional) -> Feature:
    """The feature that a functional of a contour is."""
    absolute = contour.level and functional.unit == "value"
    unit, minimum, maximum = UNIT_RULES[functional.unit](contour.unit, contour.low, contour.high)
    return Feature(
        name=f"{contour.descriptor}_{functional.name}_{unit_in_name(unit)}",
        unit=unit,
        definition=functional.text.format(contour.text) + (ABSOLUTE if absolute else ""),
        source=contour.source,
        family=contour.family,
        minimum=minimum,
        maximum=maximum,
        group=contour.group,
        contour=contour,
        functional=functional,
        needs_rate_hz=contour.needs_rate_hz,
        original=contour.original,
        own=f"{contour.own}; the statistic",
    )
