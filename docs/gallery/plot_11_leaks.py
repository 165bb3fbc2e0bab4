"""
What does each leak add to a score?
===================================

The usual protocol is built up from the correct one, one mistake after the other; :doc:`/explain/leaks` explains each.
"""

import matplotlib.pyplot as plt

import prosody_ser as ser
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.report.naive import rungs

plan = ser.EvaluationPlan.of(ser.load_emodb_features(), 5)
lda = ser.make_pipeline("lda", balance="smote")
steps = rungs(with_naive(ser.evaluate(plan, lda), plan, lda).data)

# %%
# Only the first bar is a score. All bars count the same recordings.
figure, axes = plt.subplots(figsize=(7, 2.4), layout="constrained")
bars = axes.barh([step.title for step in steps], [step.uar for step in steps], color=["#2166ac", "#b2182b", "#b2182b"])
axes.bar_label(bars, fmt="%.3f", padding=4)
axes.set(xlim=(0, 1), xlabel="UAR claimed", title="EMO-DB, lda with SMOTE")
axes.invert_yaxis()
