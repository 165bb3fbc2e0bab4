"""
If it says 80 %, is it right in 80 of 100?
==========================================

Scores become probabilities by calibration on held-out training speakers.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
result = ser.evaluate(table, ser.make_pipeline("lda", calibrate=True), folds=5)
ser.plot_reliability(result.data, "reliability.png")

# %%
# Points on the diagonal keep their promise, and points above it are right more often than they say. This holds for
# speech like the training corpus: see
# :doc:`/explain/abstention`.
