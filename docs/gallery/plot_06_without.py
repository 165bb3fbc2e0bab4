"""
Which families of features are dispensable?
===========================================

Shuffling a family shows how much a model relies on it. Here the model is trained again without each family, so that the
other families can replace it.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
dropped = ser.drop_family(table, ser.make_pipeline("lda"), folds=5)
ser.plot_drop_family(dropped, "without.png", "EMO-DB, lda, prosody_v1")

# %%
# Without any one of them little is lost: every interval contains 0. That does not mean that a family carries no
# information, but that the others carry much of the same.
dropped.round(3)
