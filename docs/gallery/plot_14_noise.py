"""
Which features are robust to noise?
===================================

Noise is added to one synthetic clip at several levels. Features that hardly change can be compared between recordings
of different quality.
"""

from tempfile import mkdtemp

import matplotlib.pyplot as plt
import pandas as pd

import prosody_ser as ser

audio = ser.read_audio(ser.synthesise(mkdtemp(), n_clips=1)[0])
snrs_db = [40, 30, 20, 10]
noisy = {
    snr: ser.measure_signal(
        ser.augment_signal(audio.samples, audio.sample_rate_hz, f"noise:{snr}"), audio.sample_rate_hz
    )
    for snr in snrs_db
}
names = {"f0_p50_st": "pitch, st", "hnr_mean_db": "harmonics to noise, dB", "centroid_mean_hz": "centroid, Hz"}

# %%
# The pitch hardly changes. The other features depend on the noise as much as on the voice.
figure, panels = plt.subplots(1, len(names), figsize=(9, 2.6), layout="constrained")
for axes, (name, title) in zip(panels, names.items(), strict=True):
    values = pd.Series({snr: row[name] for snr, row in noisy.items()})
    axes.plot(values.index, values, "o-")
    axes.set(title=title, xlabel="speech over noise, dB")
    axes.invert_xaxis()
    axes.margins(y=0.4)
