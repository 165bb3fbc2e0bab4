"""
Is one model better than the other?
===================================

All models are tested on the same speakers, so that their differences can be computed for each speaker.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
results = [ser.evaluate(table, ser.make_pipeline(name), folds=5) for name in ("lda", "logreg", "svm")]
comparison = ser.compare(results, ["lda", "logreg", "svm"])
ser.plot_comparison(comparison.data, "comparison.png")

# %%
# If the interval of a difference contains 0, these speakers do not show which model is better.
print(ser.comparison_text(comparison.data))
