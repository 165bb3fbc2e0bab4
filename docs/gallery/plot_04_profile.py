"""
What does each emotion do to the voice?
=======================================

Nothing is learned here. Each speaker's emotional clips are compared with the neutral clips of the same speaker.
"""

import prosody_ser as ser

# %%
# The effect is Hedges' g: differences of means in standard deviations of that speaker. Significant ones are bold,
# corrected for the number of comparisons.
table = ser.load_emodb_features()
profile = ser.profile(table)
ser.plot_profile(profile, "profile.png", "EMO-DB: emotions against neutral", top=20)

# %%
# The strongest effects of sadness:
profile.query("emotion == 'sadness'").head(5).round(2)
