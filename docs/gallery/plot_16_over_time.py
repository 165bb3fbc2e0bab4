"""
How does an emotion change over a long recording?
=================================================

The recording consists of clips of one synthetic voice. The default model predicts the emotion of each segment between
pauses, or abstains. It was trained on actors and not on synthetic speech, so expect it to abstain often.
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
# There is one row for each segment.
model = ser.load_model(ser.default_model_path())
rows = ser.predict_files(model, folder / "talk.wav", segment="vad", jobs=0)
ser.plot_timeline(rows, model.labels, model.threshold, "timeline.png", "talk.wav", "Synthetic speech")

# %%
# The last column gives the reason where the model abstains:
rows[["start", "end", "label", "confidence", "novelty", "abstain_reason"]].round(2)
