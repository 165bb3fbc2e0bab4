"""What an engine is: the analysis of a clip, and what computes its contours and measures by group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..catalogue import ENGINES, FAST
from ..contours import GROUPS, Analysis
from ..errors import chosen
from ..measures import MEASURE_GROUPS


@dataclass(frozen=True, eq=False)
class Engine:
    """One of :data:`prosody_ser.catalogue.ENGINES`."""

    analyse: Callable[..., Analysis]  #: of an Audio and, if it is known, a PitchRange
    contour_groups: Mapping[str, Callable[[Any], np.ndarray]]
    measure_groups: Mapping[str, Callable[[Any], dict[str, float]]]


@cache
def engine_of(name: str) -> Engine:
    """An engine by name; a ProtocolError if there is no such."""
    if chosen("engine", name, ENGINES) == FAST:
        return Engine(Analysis, GROUPS, MEASURE_GROUPS)
    from ..contours.reference import REFERENCE_GROUPS, ReferenceAnalysis, reference_perturbation

    return Engine(ReferenceAnalysis, REFERENCE_GROUPS, MEASURE_GROUPS | {"perturbation": reference_perturbation})
