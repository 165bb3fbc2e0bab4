"""
What does an augmentation change?
=================================

Augmented copies are used for training with their originals, and never for testing. Look at what they change before you
use them.
"""

from tempfile import mkdtemp

import prosody_ser as ser

files = ser.synthesise(mkdtemp(), n_clips=1)

# %%
# Three semitones higher: the pitch changes, but the formants do not.
ser.plot_augmentation(files[0], "pitch:3", "pitch.png")

# %%
# Noise, 10 dB below the speech: the spectrum changes, but the pitch does not.
ser.plot_augmentation(files[0], "noise:10", "noise.png")
