"""
Is one model better than the other?
===================================

Both are tested on the same speakers, so that the difference can be taken speaker by speaker.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
results = [ser.evaluate(table, ser.make_pipeline(name), folds=5) for name in ("lda", "logreg", "svm")]
comparison = ser.compare(results, ["lda", "logreg", "svm"])
ser.plot_comparison(comparison.data, "comparison.png")

# %%
# An interval of a difference that holds 0 means that these speakers do not decide it.
print(ser.comparison_text(comparison.data))
