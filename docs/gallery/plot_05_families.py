"""
Which family of features carries the emotion?
=============================================

All features of one family are shuffled together among the clips of a held-out speaker. How much UAR is lost?
"""

import prosody_ser as ser

table = ser.load_emodb_features()
lda = ser.make_pipeline("lda")

# %%
# A single feature often scores low, because others carry the same information. A family does not.
families = ser.importances_by(table, lda, by=["family"], folds=5, n_repeats=3)["family"]
ser.plot_importances(families, "families.png", "EMO-DB, lda, prosody_v1")

# %%
# The numbers behind the picture.
families.round(3)
