"""Tables of noise with all metadata that the leak checks read, and faults planted in them."""

import numpy as np
import pandas as pd

from prosody_ser.tables.feature_table import FeatureTable
from tests.support.tables import random_table


def noise(seed=0, n_features=8, n_rows=240):
    """Noise with all metadata that the checks read; neither metadata nor features carry information."""
    table = random_table(seed, n_rows=n_rows, n_speakers=6, n_features=n_features)
    rng = np.random.default_rng([seed, 1])
    known = {
        "end": rng.uniform(2, 4, n_rows),
        "lead": rng.uniform(0, 0.5, n_rows),
        "trail": rng.uniform(0, 0.5, n_rows),
        "sentence": rng.choice(["a01", "a02", "b01"], n_rows),
        "sex": np.where(table.frame["speaker"].isin(["s00", "s01", "s02"]), "female", "male"),
        "sample_rate_hz": 16000.0,
    }
    frame = table.frame.assign(**known).rename(columns={"x1": "intensity_mean_db"})
    frame["file"] = [f"{row.sentence}_{row.speaker}_{i:04d}.wav" for i, row in enumerate(frame.itertuples())]
    return with_columns(frame, ["x0", "intensity_mean_db", *table.feature_names[2:]])


def with_columns(frame, names):
    return FeatureTable(frame, tuple(names))


def planted(name, values, table=None):
    """Add a column to a table."""
    table = table or noise()
    frame = table.frame.assign(**{name: values(table.frame) if callable(values) else values})
    return with_columns(frame, (*table.feature_names, name))


def doubled(table, rows, **changes):
    """Repeat some rows with changed metadata."""
    more = table.frame.iloc[rows].assign(**changes)
    return with_columns(pd.concat([table.frame, more], ignore_index=True), table.feature_names)


def code(column):
    return lambda frame: pd.factorize(frame[column])[0].astype(float)
