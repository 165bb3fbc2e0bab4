"""Data augmentation: change waveforms with strengths in physical units and a seed.

A changed copy belongs to the same speaker as its original. The package uses copies for training only, together with
their original, and never for testing: see :mod:`prosody_ser.learn.splits.copies`.
"""

from .apply import augment_signal
from .augmentations import AUGMENTATIONS, Augmentation
from .variants import Variant, Wanted, draw, parse_augmentations

__all__ = ["AUGMENTATIONS", "Augmentation", "Variant", "Wanted", "augment_signal", "draw", "parse_augmentations"]
