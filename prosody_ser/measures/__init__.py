"""Measures: single numbers of a clip that are not statistics of contours, computed from its Analysis.

``MEASURE_GROUPS`` maps each group of the catalogue to the function that returns its values by name.
"""

from collections.abc import Callable

from ..contours import Analysis
from .perturbation import perturbation_measures
from .rhythm import rhythm_measures
from .syllables import syllable_measures
from .timing import timing_measures
from .vocal_tract import vocal_tract_measures

MEASURE_GROUPS: dict[str, Callable[[Analysis], dict[str, float]]] = {
    "perturbation": perturbation_measures,
    "timing": timing_measures,
    "syllables": syllable_measures,
    "rhythm": rhythm_measures,
    "vocal_tract": vocal_tract_measures,
}

__all__ = ["MEASURE_GROUPS"]
