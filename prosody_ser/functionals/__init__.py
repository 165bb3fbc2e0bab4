"""Contours to numbers: their statistics."""
