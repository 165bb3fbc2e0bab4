"""
What is measured in a recording?
================================

A synthetic voice speaks a sentence in anger. Waveform, syllables, spectrogram with formants, pitch and intensity are
drawn on one time axis.
"""

from tempfile import mkdtemp

import prosody_ser as ser

files = ser.synthesise(mkdtemp(), n_clips=1)
ser.plot_clip(files[0], "clip.png")

# %%
# These are some of its features. The unit is at the end of each name.
values = ser.measure_file(files[0])
values[["f0_p50_st", "f0_range_p20_p80_st", "f1_mean_hz", "hnr_mean_db", "speech_rate_per_s"]].round(2)
