"""Frame-level descriptors: audio in, values on a time grid out.

Undefined frames (unvoiced pitch, formants outside voicing) are NaN.
"""

from .analysis import Analysis

__all__ = ["Analysis"]
