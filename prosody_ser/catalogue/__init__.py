"""Every feature by name: unit, definition, formula, source, family and valid range. Plain data; imports nothing heavy.

A feature is either a functional (a statistic) of a contour (``f0_mean_st``) or a measure of the whole clip
(``jitter_local_ratio``). Names follow ``<descriptor>_<functional>_<unit>`` and are looked up here, never parsed.
"""

from .contours import CONTOURS
from .engines import ENGINES, FAST, REFERENCE, checked_engine
from .feature import Contour, Feature, feature_of, unit_in_name
from .measures import MEASURES
from .sets import DEFAULT_SET, FEATURE_SETS, FRAMES_SET, all_contours, all_features, column, feature_set

__all__ = [
    "CONTOURS",
    "DEFAULT_SET",
    "ENGINES",
    "FAST",
    "FEATURE_SETS",
    "FRAMES_SET",
    "MEASURES",
    "REFERENCE",
    "Contour",
    "Feature",
    "all_contours",
    "all_features",
    "checked_engine",
    "column",
    "feature_of",
    "feature_set",
    "unit_in_name",
]
