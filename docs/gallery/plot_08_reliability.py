"""
Is a prediction with a confidence of 80 % correct in 80 of 100 cases?
=====================================================================

Calibration on held-out training speakers turns scores into probabilities.
"""

import prosody_ser as ser

table = ser.load_emodb_features()
result = ser.evaluate(table, ser.make_pipeline("lda", calibrate=True), folds=5)
ser.plot_reliability(result.data, "reliability.png")

# %%
# On the diagonal, the share of correct predictions equals the confidence; above it, the confidence is too low. This
# holds only for speech like the training corpus; see :doc:`/explain/abstention`.
