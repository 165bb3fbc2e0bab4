"""A large table of synthetic numbers, to see how long commands take: 100,000 rows, 200 columns, 50 speakers, 7 classes.

    python benchmarks/large_table.py big.parquet

It holds no speech: what is scored on it says nothing about emotions.
"""

import sys

import numpy as np
import pandas as pd

N_ROWS, N_COLUMNS, N_SPEAKERS = 100_000, 200, 50
EMOTIONS = np.array(["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"])


def main(out):
    """Write normal numbers with small shifts by emotion and larger ones by speaker."""
    rng = np.random.default_rng(0)
    speaker, emotion = rng.integers(0, N_SPEAKERS, N_ROWS), rng.integers(0, len(EMOTIONS), N_ROWS)
    values = rng.normal(size=(N_ROWS, N_COLUMNS)).astype(np.float32)
    values = values + 0.3 * rng.normal(size=(len(EMOTIONS), N_COLUMNS))[emotion]
    values = values + rng.normal(size=(N_SPEAKERS, N_COLUMNS))[speaker]
    table = pd.DataFrame(values, columns=[f"x{i}" for i in range(N_COLUMNS)])
    table.insert(0, "file", [f"s{one:02d}/{i:06d}.wav" for i, one in enumerate(speaker)])
    table.insert(1, "speaker", [f"s{one:02d}" for one in speaker])
    table.insert(2, "emotion", EMOTIONS[emotion])
    table.to_parquet(out)


if __name__ == "__main__":
    main(sys.argv[1])
