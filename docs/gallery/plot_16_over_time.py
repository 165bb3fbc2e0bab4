"""
How does an emotion change over a long recording?
=================================================

Clips of one synthetic voice, one after the other. The default model answers for each stretch between pauses, and says
where it claims nothing. It learned from actors, and a synthesiser is none: expect it to be unsure.
"""

from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import soundfile

import prosody_ser as ser

folder = Path(mkdtemp())
clips = [soundfile.read(path) for path in ser.synthesise(folder, n_clips=6)]
rate_hz = clips[0][1]
pause = np.zeros(rate_hz // 2)
soundfile.write(
    folder / "talk.wav", np.concatenate([part for samples, _ in clips for part in (samples, pause)]), rate_hz
)

# %%
# One row for each stretch.
model = ser.load_model(ser.default_model_path())
rows = ser.predict_files(model, folder / "talk.wav", segment="vad", jobs=0)
ser.plot_timeline(rows, model.labels, model.threshold, "timeline.png", "talk.wav", "Synthetic speech")

# %%
# Why it is not sure:
rows[["start", "end", "label", "confidence", "novelty", "abstain_reason"]].round(2)
