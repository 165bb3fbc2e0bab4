"""
What does an augmentation change?
=================================

Changed copies train with their original, and are never tested. Look at what they change before you use them.
"""

from tempfile import mkdtemp

import prosody_ser as ser

files = ser.synthesise(mkdtemp(), n_clips=1)

# %%
# Three semitones higher: the pitch moves, and the formants stay.
ser.plot_augmentation(files[0], "pitch:3", "pitch.png")

# %%
# Noise, 10 dB below the speech: the pitch stays, and the spectrum does not.
ser.plot_augmentation(files[0], "noise:10", "noise.png")
