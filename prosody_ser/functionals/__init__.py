"""Statistics of contours (functionals)."""
