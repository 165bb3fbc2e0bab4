"""The effect of noise, MP3 and telephone on each feature: ``python benchmarks/robustness.py DIR [N] [OUT.csv]``.

N recordings (100 if not given) are measured as they are and after each treatment. Of each feature of ``prosody_v1`` the
median over the clips of the absolute difference, in standard deviations of the feature over the clips as they are: 0 is
untouched, 1 as far off as another clip. A feature that a treatment leaves undefined (its band is gone) is told apart.
"""

import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
import soxr

from prosody_ser import measure_signal
from prosody_ser.catalogue import feature_set

FEATURES = "prosody_v1"
SHOWN = 12


def in_noise(snr_db):
    """Add white noise at a level below that of the whole recording, in dB."""

    def treat(samples, rate_hz):
        noise = np.random.default_rng(0).normal(size=samples.size)
        return samples + noise * np.sqrt((samples**2).mean()) * 10 ** (-snr_db / 20), rate_hz

    return treat


def as_mp3(level):
    """Encode and decode by libsndfile's MP3 encoder; level 0 is the best quality, 0.9 about the worst."""

    def treat(samples, rate_hz):
        file = io.BytesIO()
        soundfile.write(file, samples, rate_hz, format="MP3", subtype="MPEG_LAYER_III", compression_level=level)
        file.seek(0)
        return soundfile.read(file)

    return treat


def by_telephone(samples, rate_hz):
    """Resample to 8 kHz."""
    return soxr.resample(samples, rate_hz, 8000), 8000


def softer(samples, rate_hz):
    """Lower the level by 20 dB."""
    return samples / 10, rate_hz


TREATMENTS = {
    "noise 30 dB": in_noise(30),
    "noise 20 dB": in_noise(20),
    "noise 10 dB": in_noise(10),
    "MP3, best": as_mp3(0.0),
    "MP3, worst": as_mp3(0.9),
    "8 kHz": by_telephone,
    "-20 dB": softer,
}


def main(folder, n_clips=100, out=None):
    """Measure the features, then print the most and the least robust ones."""
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix in (".wav", ".flac"))
    files = files[:: max(1, len(files) // n_clips)][:n_clips]
    rows = {name: [] for name in ("as it is", *TREATMENTS)}
    for file in files:
        samples, rate_hz = soundfile.read(file, always_2d=True)
        samples = samples.mean(axis=1)
        rows["as it is"].append(measure_signal(samples, rate_hz, features=FEATURES))
        for name, treat in TREATMENTS.items():
            rows[name].append(measure_signal(*treat(samples, rate_hz), features=FEATURES))
    tables = {name: pd.DataFrame(values).reset_index(drop=True) for name, values in rows.items()}
    plain = tables.pop("as it is")
    moved = pd.DataFrame({name: ((table - plain).abs() / plain.std()).median() for name, table in tables.items()})
    gone = pd.DataFrame({name: table.isna().all() & plain.notna().any() for name, table in tables.items()})
    moved = moved.mask(gone)
    moved.insert(0, "family", [feature.family for feature in feature_set(FEATURES)])
    if out is not None:
        moved.to_csv(out, float_format="%.3f", index_label="feature")
    order = moved.drop(columns=["family", "-20 dB"]).mean(axis=1).sort_values().index
    print(f"{len(files)} clips of {folder}; median absolute difference, in standard deviations; -: undefined")
    for what, names in (("most robust", order[:SHOWN]), ("least robust", order[::-1][:SHOWN])):
        print(f"\n{what}\n| feature | " + " | ".join(tables) + " |\n|---|" + "---|" * len(tables))
        for name in names:
            cells = ("-" if np.isnan(moved.loc[name, t]) else f"{moved.loc[name, t]:.2f}" for t in tables)
            print(f"| `{name}` | " + " | ".join(cells) + " |")
    by_family = moved.groupby("family")[list(tables)].median()
    print("\nmedian of each family\n| family | " + " | ".join(tables) + " |\n|---|" + "---|" * len(tables))
    for family, row in by_family.iterrows():
        print(f"| {family} | " + " | ".join("-" if np.isnan(value) else f"{value:.2f}" for value in row) + " |")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:4])
