"""Single numbers of one clip that have no frame grid, each computed from an Analysis.

``MEASURES`` maps each group to a function that returns its values by catalogue name.
"""

from .syllables import syllable_measures
from .timing import timing_measures
from .voice import voice_measures

MEASURES = {
    "voice": voice_measures,
    "timing": timing_measures,
    "syllables": syllable_measures,
}

__all__ = ["MEASURES"]
