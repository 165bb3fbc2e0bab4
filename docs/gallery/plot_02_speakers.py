"""
Is the model equally good for everybody?
========================================

One score for all hides that some people are understood worse than others.
"""

import prosody_ser as ser

# %%
# Blind, nothing is known of a test speaker. Speaker-normalised, all of their clips, without labels, set their zero and
# their scale. Both are scored on the same clips.
table = ser.load_emodb_features()
blind, normalised = (ser.make_pipeline("lda", speaker_norm=norm) for norm in ("none", "speaker"))
result = ser.evaluate(table, blind, alongside=[normalised])
ser.plot_speakers(result.data, "speakers.png")

# %%
# The spread over speakers is what the interval of the score is made of.
result.per_speaker["uar"].sort_values()
