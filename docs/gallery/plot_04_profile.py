"""
What does each emotion do to the voice?
=======================================

No model is trained here. The emotional clips of each speaker are compared with the neutral clips of the same speaker.
"""

import prosody_ser as ser

# %%
# The effect is Hedges' g: the difference of means in standard deviations of that speaker. Effects that are significant
# after correction for the number of comparisons are bold.
table = ser.load_emodb_features()
profile = ser.profile(table)
ser.plot_profile(profile, "profile.png", "EMO-DB: emotions against neutral", top=20)

# %%
# The strongest effects of sadness:
profile.query("emotion == 'sadness'").head(5).round(2)
