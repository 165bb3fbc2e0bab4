"""Share of changed copies of recordings that the leak audit finds under another speaker's name.

    python benchmarks/near_duplicates.py emodb/wav ravdess emovo

For each corpus and feature set: the least distance of two recordings of different speakers by
:class:`prosody_ser.learn.audit.checks.copy_distance.CopyDistance`, where 1 is the farthest that a copy may be. Then,
for each way to change a recording, 20 copies are put into the table under the name of another speaker, and the pairs
that :func:`prosody_ser.learn.audit.checks.duplicates.near_pairs` finds are counted: copies with their originals, and
others.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
import soxr

from prosody_ser import FeatureTable, extract_table, feature_set
from prosody_ser.features import Job, measure_file
from prosody_ser.learn.audit.checks.copy_distance import CopyDistance
from prosody_ser.learn.audit.checks.duplicates import LEAST_FEATURES, near_pairs
from prosody_ser.learn.audit.material import Material

N_COPIES = 20


def copies(samples, rate_hz):
    """Give name, samples, rate, suffix and subtype of each changed copy."""
    for db in (-12, -24):
        yield f"{db} dB", samples * 10 ** (db / 20), rate_hz, "wav", "PCM_16"
    yield "+6 dB, clipped", np.clip(samples * 2, -1, 1), rate_hz, "wav", "PCM_16"
    for to_hz in {8000, 16000, 48000} - {rate_hz}:
        yield f"to {to_hz} Hz", soxr.resample(samples, rate_hz, to_hz), to_hz, "wav", "PCM_16"
    yield "MP3", samples, rate_hz, "mp3", "MPEG_LAYER_III"
    yield "Ogg Vorbis", samples, rate_hz, "ogg", "VORBIS"
    yield "mu-law", samples, rate_hz, "wav", "ULAW"
    yield "padded", np.r_[np.zeros(rate_hz // 2), samples, np.zeros(rate_hz // 3)], rate_hz, "wav", "PCM_16"
    yield "0.5 s cut off the start", samples[rate_hz // 2 :], rate_hz, "wav", "PCM_16"
    yield "0.5 s cut off the end", samples[: -rate_hz // 2], rate_hz, "wav", "PCM_16"
    noise = np.random.default_rng(0).normal(size=samples.size) * samples.std()
    for db in (40, 30, 25, 20):
        yield f"noise at {db} dB", samples + noise / 10 ** (db / 20), rate_hz, "wav", "PCM_16"


def measured(folder, table, rows):
    """Measure the features of the changed copies of some rows, by the name of the change."""
    vectors = {}
    with tempfile.TemporaryDirectory() as temporary:
        for row in rows:
            samples, rate_hz = soundfile.read(folder / table.frame["file"][row], always_2d=True)
            for name, changed, to_hz, suffix, subtype in copies(samples.mean(axis=1), rate_hz):
                path = Path(temporary) / f"copy.{suffix}"
                soundfile.write(path, changed, to_hz, subtype=subtype)
                vectors.setdefault(name, []).append(measure_file(str(path), Job("full_v1")).values[0])
    return vectors


def planted(table, rows, values):
    """Add copies of some rows to the table, under the next speaker's name."""
    speakers = sorted(set(table.frame["speaker"]))
    following = dict(zip(speakers, speakers[1:] + speakers[:1], strict=True))
    more = table.frame.iloc[rows].copy()
    more["speaker"] = more["speaker"].map(following)
    more["file"] = [f"copy of {name}" for name in more["file"]]
    more[list(table.feature_names)] = values
    return FeatureTable(pd.concat([table.frame, more], ignore_index=True), table.feature_names)


def least_distance(material):
    """Distances of all pairs of rows of different speakers."""
    names = [material.features[i] for i in material.varying]
    distance = CopyDistance(material.scaled, names, material.speaker, LEAST_FEATURES)
    least = np.inf
    for row in range(1, len(material.y)):
        others = np.flatnonzero(material.speaker[:row] != material.speaker[row])
        if others.size:
            least = min(least, distance.of(np.full(others.size, row), others).min())
    return least


def main(folders):
    """Print a table for each corpus and set."""
    for folder in map(Path, folders):
        full = extract_table(folder, features="full_v1")
        rows = np.arange(7, len(full), len(full) // N_COPIES)[:N_COPIES]
        changed = measured(folder, full, rows)
        for features in ("prosody_v1", "full_v1"):
            names = [feature.name for feature in feature_set(features)]
            table = replace(full, feature_names=tuple(names))
            material = Material(table)
            print(f"{folder} {features}: least distance across speakers {least_distance(material):.2f}, "
                  f"pairs found without a copy {len(near_pairs(material))}")  # fmt: skip
            places = [full.feature_names.index(name) for name in names]
            for name, values in changed.items():
                material = Material(planted(table, rows, np.array(values)[:, places]))
                files = material.frame["file"].to_numpy()
                right = sum(files[j] == f"copy of {files[i]}" for i, j, _ in near_pairs(material))
                print(f"  {name:24} found {right} of {len(rows)}")


if __name__ == "__main__":
    main(sys.argv[1:])
