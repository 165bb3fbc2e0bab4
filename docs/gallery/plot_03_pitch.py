"""
Does a higher voice mean anger?
===============================

Before you train a model, look at the distribution of a feature.
"""

import prosody_ser as ser

# %%
# This is the mean pitch in semitones, by emotion. Each dot is the median of one speaker.
table = ser.load_emodb_features()
ser.plot_distributions(table, "f0_mean_st", "emotion", "pitch_by_emotion.png")

# %%
# Anger and happiness have the highest pitch, boredom and sadness the lowest. But the voices differ, too:
ser.plot_distributions(table, "f0_mean_st", "sex", "pitch_by_sex.png")
