"""
Does a higher voice mean anger?
===============================

Before any model: how is one measure distributed?
"""

import prosody_ser as ser

# %%
# The mean pitch in semitones, by emotion. The dots are medians of single speakers.
table = ser.load_emodb_features()
ser.plot_distributions(table, "f0_mean_st", "emotion", "pitch_by_emotion.png")

# %%
# Anger and happiness have the highest pitch, boredom and sadness the lowest. But the voices differ, too:
ser.plot_distributions(table, "f0_mean_st", "sex", "pitch_by_sex.png")
