"""
Which emotions are confused?
============================

The confusion matrix of held-out speakers, on which the model was not trained. Each row is an emotion that the actors
were asked to speak, and each column an emotion that the model predicts.
"""

import prosody_ser as ser

# %%
# The table has one row for each clip of EMO-DB. ``evaluate`` holds out each of the ten speakers in turn.
table = ser.load_emodb_features()
result = ser.evaluate(table, ser.make_pipeline("lda"))
result.uar

# %%
# That is the unweighted average recall (UAR): the share of recognised clips of each emotion, averaged over the
# emotions. Guessing reaches 1 / 7.
ser.plot_confusion(result.data, "confusion.png")

# %%
# Happiness is mostly predicted as anger: both are loud, high and fast. Prosody shows the arousal of a speaker better
# than whether the emotion is pleasant (its valence).
result.confusion.loc["happiness"]
