"""The contours by the originals: Praat's own commands, through parselmouth, and librosa's own functions.

The package measures with kernels of its own, because they are faster. This room computes the same from the same
samples by the programs that the definitions come from, one function a contour, for whoever wants to check a
definition, or to measure by Praat and librosa themselves (``--engine reference``).

What comes after a contour is shared by both engines, so that they differ in the contour alone: the range in which
pitch is searched for, the mending of octave slips, the choice of the formant ceiling, the floors under levels, the
silence in which a spectrum has no shape, and every functional.
"""

from .analysis import REFERENCE_GROUPS, ReferenceAnalysis, reference_perturbation

__all__ = ["REFERENCE_GROUPS", "ReferenceAnalysis", "reference_perturbation"]
