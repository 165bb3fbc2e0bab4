"""Clips as sequences, made of a table of features; and which models read which."""

import warnings

import numpy as np
import pandas as pd

from prosody_ser.learn.classifiers.registry import MODELS
from prosody_ser.tables.feature_table import INDEX_COLUMNS, METADATA_COLUMNS, SEQUENCE, FeatureTable
from prosody_ser.tables.sequences import ClipFrames, FrameStore

#: Models that take a row of features, and those that read frames.
FEATURE_MODELS = {name: model for name, model in MODELS.items() if not model.reads}
FRAME_MODELS = {name: model for name, model in MODELS.items() if model.reads}


def framed(table, shortest=4, longest=11, wiggle=0.3):
    """Each clip as some frames around its features: feature i is contour ``mel{i+1}_db``, and ``mfcc{i+1}_db``, too."""
    values = table.frame[list(table.feature_names)].to_numpy(dtype=float)
    n = values.shape[1]
    names = [f"mel{i + 1}_db" for i in range(n)] + [f"mfcc{i + 1}_db" for i in range(n)]
    lengths = shortest + np.arange(len(values)) * 7 % (longest - shortest + 1)
    first = np.concatenate([[0], np.cumsum(lengths)])
    at = np.concatenate([np.arange(length) for length in lengths])
    frames = np.repeat(values, lengths, axis=0) + wiggle * np.sin(at[:, None] + np.arange(n))
    return sequences(table.frame, names, np.column_stack([frames, frames]), first)


def sequences(frame, names, frames, first):
    """A table of clips from their metadata and frames."""
    store = FrameStore(names, first.astype(np.int64), np.ascontiguousarray(frames, dtype="<f4"))
    kept = [c for c in frame.columns if c in INDEX_COLUMNS + METADATA_COLUMNS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a clip may have no frame at which a contour is defined
        means = np.stack([np.nanmean(store.read(i), axis=0) for i in range(len(store))])
    clips = pd.concat([frame[kept].reset_index(drop=True), pd.DataFrame(means, columns=names)], axis=1)
    clips[SEQUENCE] = [ClipFrames(store, i) for i in range(len(store))]
    return FeatureTable(clips, tuple(names), {"level": "sequences"}, (SEQUENCE,))


def as_read(model, table):
    """The table as a model of the registry reads it."""
    return framed(table) if MODELS[model].reads else table
