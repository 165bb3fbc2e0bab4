"""Engines: the analysis of a clip, and the functions that compute its contours and measures by group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..catalogue import FAST, checked_engine
from ..contours import GROUPS, Analysis
from ..measures import MEASURE_GROUPS


@dataclass(frozen=True, eq=False)
class Engine:
    """One of :data:`prosody_ser.catalogue.ENGINES`."""

    analyse: Callable[..., Analysis]  #: called with an Audio and, optionally, a PitchRange
    contour_groups: Mapping[str, Callable[[Any], np.ndarray]]
    measure_groups: Mapping[str, Callable[[Any], dict[str, float]]]


@cache
def engine_of(name: str) -> Engine:
    """Return an engine by name; raise a ProtocolError if the name is unknown."""
    if checked_engine(name) == FAST:
        return Engine(Analysis, GROUPS, MEASURE_GROUPS)
    from ..contours.reference import REFERENCE_GROUPS, ReferenceAnalysis, reference_perturbation

    return Engine(ReferenceAnalysis, REFERENCE_GROUPS, MEASURE_GROUPS | {"perturbation": reference_perturbation})
