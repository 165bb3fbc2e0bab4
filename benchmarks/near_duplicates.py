"""How near copies of recordings are to their originals, and how near two recordings ever are.

    python benchmarks/near_duplicates.py emodb/wav ravdess

For each corpus and feature set: the nearest two recordings of different speakers and of one (identical rows apart),
then for copies of every 12th clip, changed in one way each, the median and the 90th percentile of the distance to the
original, and the share that the leak audit's threshold finds. The distance is that of
:mod:`prosody_ser.learn.audit.duplicates`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from prosody_ser import extract_table
from prosody_ser.features import Job, measure_file
from prosody_ser.learn.audit.duplicates import NEAREST
from prosody_ser.learn.audit.material import robust_scale

EVERY = 12


def copies(samples, rate_hz):
    """Name, samples, rate, suffix and subtype of each changed copy."""
    for db in (-3, -12, -24):
        yield f"{db} dB", samples * 10 ** (db / 20), rate_hz, "wav", "PCM_16"
    yield "+6 dB, clipped", np.clip(samples * 2, -1, 1), rate_hz, "wav", "PCM_16"
    for to_hz in {16000, 22050, 44100, 48000} - {rate_hz}:
        yield f"to {to_hz} Hz", soxr.resample(samples, rate_hz, to_hz), to_hz, "wav", "PCM_16"
    yield "MP3", samples, rate_hz, "mp3", "MPEG_LAYER_III"
    yield "Ogg Vorbis", samples, rate_hz, "ogg", "VORBIS"
    yield "mu-law", samples, rate_hz, "wav", "ULAW"
    yield "padded", np.r_[np.zeros(rate_hz // 2), samples, np.zeros(rate_hz // 3)], rate_hz, "wav", "PCM_16"
    yield "trimmed", samples[rate_hz // 50 : -rate_hz // 20], rate_hz, "wav", "PCM_16"
    noise = np.random.default_rng(0).normal(size=samples.size) * samples.std()
    for db in (40, 20):
        yield f"noise at {db} dB", samples + noise / 10 ** (db / 20), rate_hz, "wav", "PCM_16"


def nearest(scaled, speaker):
    """Least distance across and within speakers, identical rows apart."""
    across, within = [], []
    for i in range(1, len(scaled)):
        distance = np.nanmedian(np.abs(scaled[:i] - scaled[i]), axis=1)
        same = speaker[:i] == speaker[i]
        across += [distance[~same]]
        within += [distance[same & (distance > 0)]]
    return np.concatenate(across), np.concatenate(within)


def main(folders):
    """Print a table for each corpus and set."""
    for folder in map(Path, folders):
        for features in ("prosody_v1", "full_v1"):
            table = extract_table(folder, features=features)
            middle, spread = robust_scale(table.X.to_numpy())
            varies = spread > 0
            scaled = ((table.X.to_numpy() - middle) / np.where(varies, spread, 1))[:, varies]
            across, within = nearest(scaled, table.frame["speaker"].to_numpy())
            print(f"{folder} {features}: nearest of {across.size} pairs across speakers {across.min():.2f}, "
                  f"of {within.size} within {within.min():.2f}")  # fmt: skip
            distances = {}
            with tempfile.TemporaryDirectory() as temporary:
                for row in range(0, len(table), EVERY):
                    samples, rate_hz = soundfile.read(folder / table.frame["file"][row], always_2d=True)
                    for name, changed, to_hz, suffix, subtype in copies(samples.mean(axis=1), rate_hz):
                        path = Path(temporary) / f"copy.{suffix}"
                        soundfile.write(path, changed, to_hz, subtype=subtype)
                        values = measure_file(str(path), Job(features)).values[0]
                        copy = ((values - middle) / np.where(varies, spread, 1))[varies]
                        distances.setdefault(name, []).append(np.nanmedian(np.abs(copy - scaled[row])))
            for name, found in distances.items():
                share = np.mean(np.array(found) <= NEAREST)
                print(f"  {name:15} {np.median(found):.2f} {np.percentile(found, 90):.2f}  found {share:.0%}")


if __name__ == "__main__":
    main(sys.argv[1:])
