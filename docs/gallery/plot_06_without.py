"""
What can a model do without?
============================

Shuffling a family shows what a model takes from it. Here the model is trained again without each family, so that the
others may take over.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
dropped = ser.drop_family(table, ser.make_pipeline("lda"), folds=5)
ser.plot_drop_family(dropped, "without.png", "EMO-DB, lda, prosody_v1")

# %%
# Little is lost without any one of them: every interval holds 0. That does not mean that they carry nothing: the others
# carry much of the same.
dropped.round(3)
