"""Contours, measures and features as data, and how a feature gets its name, unit and formula."""

from dataclasses import dataclass
from typing import Any, TypeVar

from ..functionals.statistics import UNIT_RULES, Functional
from .formulas import STATISTIC_FORMULAS

#: Sampling rate that a recording needs for features that use the whole analysed band.
FULL_BAND_HZ = 16000
#: Added to the definition of features that a gain of g dB raises by g dB, so that they depend on the microphone.
ABSOLUTE = " (absolute level: it moves with the recording's gain)"
T = TypeVar("T")


@dataclass(frozen=True)
class Contour:
    """A frame-level descriptor."""

    descriptor: str  #: first part of its features' names
    unit: str  #: of its values, ``dB`` or ``st`` for instance
    text: str  #: what it is, without a full stop
    source: str  #: whose definition and whose code it is
    family: str  #: ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing`` or ``spectrum``
    #: `low`, `high`: a value outside is an error of measurement, never a property of speech
    low: float
    high: float
    group: str  #: the contours computed together with it
    row: int = 0  #: its row in the group's matrix
    over: str = "all"  #: ``all`` frames as they come, or the ``voiced`` or the ``unvoiced`` ones
    level: bool = False  #: whether a gain of g dB raises it by g dB
    ratio_scale: bool = False  #: whether it has a true zero, so that a coefficient of variation makes sense
    needs_rate_hz: int = 0  #: it is NaN for recordings of a lower sampling rate, which lack frequencies that it needs
    original: str = ""  #: what the reference engine calls for it; empty where both engines share the package's code
    deviation: str = ""  #: what the package does differently from it
    formula: str = ""  #: as the code computes it; empty for a plugin's

    @property
    def name(self) -> str:
        """Column name at frame level: ``f0_st``."""
        return f"{self.descriptor}_{unit_in_name(self.unit)}"


@dataclass(frozen=True)
class Feature:
    """One column of a feature table."""

    name: str  #: of the column, ``<descriptor>_<functional>_<unit>``; looked up, never parsed
    unit: str  #: of the value: ``st`` (semitones re 27.5 Hz), ``Hz``, ``dB``, ``s``, ``1/s``, ``ratio``, ``st/s`` ...
    definition: str  #: what is measured, in one sentence without a full stop
    source: str  #: whose definition and whose code it is
    family: str  #: ``pitch``, ``intensity``, ``formants``, ``voice quality``, ``timing`` or ``spectrum``
    #: `minimum`, `maximum`: a value outside is an error of measurement, never a property of speech
    minimum: float
    maximum: float
    group: str  #: which group of measures computes it; of a contour's feature, the contour's group
    #: `contour`, `functional`: the contour, and the functional of it that this feature is; None for a measure
    contour: Contour | None = None
    functional: Functional | None = None
    needs_rate_hz: int = 0  #: it is NaN for recordings of a lower sampling rate
    #: the command of Praat or the function of librosa that the reference engine calls for it, and the fast engine
    #: computes by a kernel of its own; empty where both engines share the package's code
    original: str = ""
    deviation: str = ""  #: what the package does differently from it, the same in both engines
    formula: str = ""  #: as the code computes it; empty for a plugin's


def rows_of(kind: type[T], *rows: tuple, columns: str, **shared: Any) -> list[T]:
    """Make contours or features from rows of what differs, whose fields `columns` names, and from what they share."""
    return [kind(**dict(zip(columns.split(), row, strict=True)), **shared) for row in rows]


def unit_in_name(unit: str) -> str:
    """Write a unit as names end with it: ``st/s`` becomes ``st_per_s``."""
    return unit.lower().replace("1/", "per_").replace("/", "_per_")


def _with_contour(statistic: str, contour: str) -> str:
    """The formula of a statistic, and that of the contour that it is taken of."""
    return f"{statistic}, where x = {contour}" if statistic and contour else statistic


def feature_of(contour: Contour, functional: Functional) -> Feature:
    """Make the feature that a functional of a contour is."""
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
        deviation=f"{contour.deviation}; the package computes the statistic",
        formula=_with_contour(STATISTIC_FORMULAS.get(functional.name, ""), contour.formula),
    )
