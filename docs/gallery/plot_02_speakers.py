"""
Is the model equally good for everybody?
========================================

A single score hides that the emotions of some people are recognised worse than those of others.
"""

import prosody_ser as ser

# %%
# The blind model knows nothing about a test speaker. The speaker-normalised model uses all clips of the speaker,
# without labels, to compute z-scores. Both are scored on the same clips.
table = ser.load_emodb_features()
blind, normalised = (ser.make_pipeline("lda", speaker_norm=norm) for norm in ("none", "speaker"))
result = ser.evaluate(table, blind, alongside=[normalised])
ser.plot_speakers(result.data, "speakers.png")

# %%
# The interval of the score is computed from this spread over speakers.
result.per_speaker["uar"].sort_values()
