"""
Does a model that was trained on women work for men?
====================================================

As with two corpora, the model is trained on one group of people and tested on the other.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"))
ser.plot_cross(cross.data, "cross.png")

# %%
# Speaker normalisation removes the mean pitch of each voice, and with it much of the loss.
cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda", speaker_norm="speaker"))
ser.plot_cross(cross.data, "cross_normalised.png")
