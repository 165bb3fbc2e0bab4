"""Feature tables of random numbers."""

import numpy as np
import pandas as pd

from prosody_ser.tables.feature_table import FeatureTable


def random_table(seed=0, n_rows=200, n_speakers=5, shares=(0.5, 0.3, 0.2), n_features=8, signal=0.0):
    """A table of normal noise; `signal` shifts feature x0 by class. Every speaker has every class."""
    rng = np.random.default_rng(seed)
    classes = [f"class{i}" for i in range(len(shares))]
    emotion = rng.choice(classes, size=n_rows, p=shares)
    emotion[: n_speakers * len(classes)] = np.tile(classes, n_speakers)
    speaker = np.array([f"s{i:02d}" for i in range(n_speakers)])[rng.integers(n_speakers, size=n_rows)]
    speaker[: n_speakers * len(classes)] = np.repeat([f"s{i:02d}" for i in range(n_speakers)], len(classes))
    values = rng.normal(size=(n_rows, n_features))
    values[:, 0] += signal * np.array([classes.index(e) for e in emotion])
    names = [f"x{i}" for i in range(n_features)]
    frame = pd.DataFrame(values, columns=names)
    frame["file"] = [f"clip{i:04d}.wav" for i in range(n_rows)]
    frame["speaker"], frame["emotion"] = speaker, emotion
    return FeatureTable(frame, tuple(names))


def acted_table(n_speakers=6, n_sentences=4, seed=0, rows_each=40, **more):
    """A table like that of an acted corpus: every speaker says every sentence."""
    table = random_table(seed, n_rows=rows_each * n_speakers, n_speakers=n_speakers, **more)
    rng = np.random.default_rng(seed)
    table.frame["sentence"] = rng.choice([f"t{i}" for i in range(n_sentences)], size=len(table))
    return table


def keep(table, rows):
    return FeatureTable(table.frame[rows], table.feature_names)


def shifted_speakers(seed=0, prefix="s", n_speakers=6, per_speaker=30, offset=100.0):
    """Feature `a` carries the class, but the speakers' levels differ by far more than the classes."""
    rng = np.random.default_rng(seed)
    speaker = np.repeat([f"{prefix}{i}" for i in range(n_speakers)], per_speaker)
    y = np.tile(["low", "high"], n_speakers * per_speaker // 2)
    level = offset * rng.normal(size=n_speakers)
    a = np.repeat(level, per_speaker) + (y == "high") * 1.0 + rng.normal(scale=0.2, size=y.size)
    index = pd.MultiIndex.from_arrays([[f"{i}.wav" for i in range(y.size)], speaker], names=["file", "speaker"])
    return pd.DataFrame({"a": a, "noise": rng.normal(size=y.size)}, index=index), y
