"""Augmentation: a recording as it might have sounded; waveform in, waveform out, seeded, in physical units.

A changed copy of a recording is as much the speaker's as the recording itself. Inside the package it trains models that
have its original to train on, and is never tested: see :mod:`prosody_ser.learn.splits.copies`.
"""

from .apply import augment_signal
from .augmentations import AUGMENTATIONS, Augmentation
from .variants import Variant, Wanted, draw, parse_augmentations

__all__ = ["AUGMENTATIONS", "Augmentation", "Variant", "Wanted", "augment_signal", "draw", "parse_augmentations"]
