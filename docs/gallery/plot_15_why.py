"""
Why was this clip predicted as anger?
=====================================

Shapley values divide the score of one prediction among the features. They come from the model of a fold that was
trained without the speaker.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
explained = ser.explain(table, ser.make_pipeline("lda"), [2], folds=2)  # the third clip of the table

# %%
# The features lead from the base value to the score of anger for this clip.
ser.plot_waterfall(explained, 0, "anger", "waterfall.png")
