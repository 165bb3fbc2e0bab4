"""The reference engine: contours computed by Praat's own commands, through parselmouth, and by librosa's functions.

The package measures with its own kernels, because they are faster. This folder computes the same contours from the same
samples with the programs that define them, one function per contour. It serves to check a definition, or to measure
with Praat and librosa themselves (``--engine reference``).

Both engines share all other steps, so that they differ in the contours alone: the pitch search range, the correction of
octave errors, the choice of the formant ceiling, the floors of levels, the silent frames without a spectral shape, and
all functionals.
"""

from .analysis import REFERENCE_GROUPS, ReferenceAnalysis, reference_perturbation

__all__ = ["REFERENCE_GROUPS", "ReferenceAnalysis", "reference_perturbation"]
