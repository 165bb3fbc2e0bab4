"""Compute feature sets: from the analysis of a clip to its row of numbers."""

from .clip import Job, Measured, Task, column_names, file_stamp, measure_file, measure_samples, measure_task
from .engine import engine_of
from .identity import computed_by, provenance, recording_key
from .parameters import feature_parameters
from .row import RowPlan, frame_contours

__all__ = [
    "Job",
    "Measured",
    "RowPlan",
    "Task",
    "column_names",
    "computed_by",
    "engine_of",
    "feature_parameters",
    "file_stamp",
    "frame_contours",
    "measure_file",
    "measure_samples",
    "measure_task",
    "provenance",
    "recording_key",
]
