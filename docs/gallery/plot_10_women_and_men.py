"""
Does a model that learned from women understand men?
====================================================

The same question as with two corpora: train on one group of people, test on the other.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"))
ser.plot_cross(cross.data, "cross.png")

# %%
# Speaker normalisation takes away the height of the voice, and much of the loss with it.
cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda", speaker_norm="speaker"))
ser.plot_cross(cross.data, "cross_normalised.png")
