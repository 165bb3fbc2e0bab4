"""Feature sets: from the analysis of a clip to its row of numbers."""

from .row import compute_row, feature_parameters

__all__ = ["compute_row", "feature_parameters"]
