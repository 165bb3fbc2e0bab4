"""Feature sets: from the analysis of a clip to its row of numbers."""

from .clip import Job, Measured, column_names, measure_file, measure_samples
from .parameters import feature_parameters
from .row import RowPlan, frame_contours

__all__ = [
    "Job",
    "Measured",
    "RowPlan",
    "column_names",
    "feature_parameters",
    "frame_contours",
    "measure_file",
    "measure_samples",
]
