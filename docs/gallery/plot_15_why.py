"""
Why was this clip heard as anger?
=================================

Shapley values share the evidence for one answer out among the measures. They come from the fold that had not heard
the speaker.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
explained = ser.explain(table, ser.make_pipeline("lda"), [2], folds=2)  # the third clip of the table

# %%
# From the average to this clip's evidence for anger, measure by measure.
ser.plot_waterfall(explained, 0, "anger", "waterfall.png")
