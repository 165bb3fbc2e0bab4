"""Every feature of 20 clips as it is today.

``python -m tests.support.pin_features`` writes ``features/pinned_features.csv``.

The file guards against change that nobody meant, and holds the sets as they are frozen. A new set or feature is
written by it, too; a value that moves on purpose is a feature of a new set. Real clips are measured where the
recordings are; their columns hold numbers only, no audio.
"""

import sys

import numpy as np
import pandas as pd

from prosody_ser.features import Job, column_names, measure_file, measure_samples
from tests.support.corpora import SHARED
from tests.support.project import ROOT
from tests.support.signals import RATE, speech_like, voice

PINNED = ROOT / "tests" / "features" / "pinned_features.csv"
#: `prosody_v1` is part of the first; of the second only what it has of its own is pinned again.
JOBS = (Job("full_v1"), Job("wide_v1"))


def _noise(seed, seconds):
    return np.random.default_rng(seed).normal(scale=0.1, size=round(seconds * RATE))


SYNTHETIC = {
    "voice_120_hz": lambda: voice(120, 1.0),
    "voice_gliding_up": lambda: voice(150 * 2 ** (np.arange(RATE) / RATE), 1.0),
    "voice_in_noise": lambda: voice(200, 1.2) + 0.2 * _noise(0, 1.2),
    "voice_of_a_tenth_of_a_second": lambda: voice(180, 0.1),
    "noise": lambda: _noise(1, 0.8),
    "speech_like_0": lambda: speech_like(0),
    "speech_like_1": lambda: speech_like(1),
    "pause": lambda: np.concatenate([speech_like(2), np.zeros(RATE // 2), speech_like(3)]),
}
#: A stereo clip, one at 96 kHz and an AIFF named .wav among them.
REAL = (
    *(f"emodb/wav/{name}.wav" for name in ("03a01Fa", "08b02Ff", "11a05Wd", "13a02Ta", "14b09Td", "16b10Aa")),
    "ravdess/Actor_01/03-01-08-01-02-02-01.flac",
    "ravdess/Actor_02/03-01-05-01-01-01-02.flac",
    "ravdess/Actor_05/03-01-04-01-01-01-05.flac",
    "ravdess/Actor_08/03-01-06-01-01-01-08.flac",
    "tess/YAF_neat_fear.wav",
    "tess/OAF_food_fear.wav",
)


def measured() -> pd.DataFrame:
    """Features as rows, clips as columns; real clips where their recordings are."""
    frame = pd.concat([_measured(job) for job in JOBS])
    return frame[~frame.index.duplicated()]


def pinned_names() -> list[str]:
    """Features of all jobs, each once."""
    return list(dict.fromkeys(name for job in JOBS for name in column_names(job)))


def _measured(job: Job) -> pd.DataFrame:
    columns = {name: measure_samples(make(), RATE, job) for name, make in SYNTHETIC.items()}
    columns |= {name: measure_file(str(SHARED / name), job) for name in REAL if (SHARED / name).is_file()}
    values = {name: result.values[0] for name, result in columns.items()}
    return pd.DataFrame(values, index=pd.Index(column_names(job), name="feature"))


def main():
    """Write the file, unless a recording is missing: its column would be lost."""
    frame = measured()
    missing = set(REAL) - set(frame.columns)
    if missing:
        sys.exit(f"pin_features: {len(missing)} recordings are missing in {SHARED}: {PINNED.name} is left as it is")
    frame.to_csv(PINNED, float_format="%.7g", lineterminator="\n")
    print(f"{frame.shape[0]} features of {frame.shape[1]} clips -> {PINNED}")


if __name__ == "__main__":
    main()
