"""
How many speakers does a model need?
====================================

The test speakers stay the same, while the number of training speakers grows.
"""

import prosody_ser as ser
from prosody_ser.learn.inspection.learning_curve import with_learning_curve

plan = ser.EvaluationPlan.of(ser.load_emodb_features(), 5)
lda = ser.make_pipeline("lda")
result = with_learning_curve(ser.evaluate(plan, lda), plan, lda)
ser.plot_learning_curve(result.data, "learning.png")

# %%
# If the curve still rises at its end, more speakers would help more than a better model.
