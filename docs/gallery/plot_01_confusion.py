"""
Which emotion is taken for which?
=================================

A confusion matrix of speakers whom the model has never heard. Each row is one emotion as the actors were asked to
speak it, and each column one answer of the model.
"""

import prosody_ser as ser

# %%
# The table has a row for each clip of EMO-DB. ``evaluate`` holds each of the ten speakers out in turn.
table = ser.load_emodb_features()
result = ser.evaluate(table, ser.make_pipeline("lda"))
result.uar

# %%
# That is the unweighted average recall (UAR): the share of recognised clips of each emotion, averaged over the
# emotions. Guessing reaches 1 / 7.
ser.plot_confusion(result.data, "confusion.png")

# %%
# Happiness is mostly taken for anger: both are loud, high and fast. Prosody tells how aroused a voice is better than
# how pleased.
result.confusion.loc["happiness"]
