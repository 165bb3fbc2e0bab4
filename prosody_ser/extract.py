"""From a folder of recordings to a feature table, in parallel. A clip that fails becomes a row that says why."""

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from .catalogue import DEFAULT_SET
from .datasets import Utterance, find_utterances
from .errors import ProtocolError
from .table import CLIPS, FRAMES, INDEX_COLUMNS, METADATA_COLUMNS, ORIGINAL, FeatureTable
from .versions import library_versions

_LIBRARIES = ("praat-parselmouth", "librosa", "numpy", "scipy", "numba", "soundfile", "soxr")


def extract_table(
    directory: str | os.PathLike,
    corpus: str | None = None,
    *,
    features: str = DEFAULT_SET,
    level: str = CLIPS,
    plugin: str | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FeatureTable:
    """Measure every recording of a folder.

    Parameters
    ----------
    directory : path_like
        A corpus folder; see :mod:`prosody_ser.datasets`.
    corpus : str, optional
        Name of the corpus; recognised from the file names if not given.
    features : str
        Name of the feature set.
    level : {"clips", "frames"}
        One row a clip with its features, or one row for each 10 ms of speech with the contours behind them.
    plugin : str, optional
        Module with features of your own; see :mod:`prosody_ser.plugin`.
    jobs : int, optional
        Worker processes; all cores if not given, 1 to stay in this process.
    progress : callable, optional
        Called as ``progress(done, total)`` after each clip.

    Returns
    -------
    FeatureTable
        Sorted by file. A clip that cannot be read or measured is one row of NaN features, a `status` other than
        ``ok`` and a sentence in `error`.

    Raises
    ------
    CorpusError
        If the folder holds no recordings or its names are of no known corpus.
    ProtocolError
        If there is no such feature set or level, or `jobs` is less than 1.
    PluginError
        If `plugin` cannot be used.
    """
    # Praat and librosa take seconds to import: whoever only asks for the module need not wait.
    from .features import Job, Measured, column_names
    from .workers import measure_all

    if jobs is not None and jobs < 1:
        raise ProtocolError(f"jobs is {jobs}: take 1 or more, or none for all cores")
    if level not in (CLIPS, FRAMES):
        raise ProtocolError(f"level is {level!r}: take {CLIPS} or {FRAMES}")
    job = Job(features, level == FRAMES, plugin)
    names = column_names(job)
    found = find_utterances(directory, corpus)
    utterances = found.utterances
    about: dict[str, Any] = {"feature_set": features, "level": level, **_provenance(plugin)}
    about |= {"corpus": found.corpus.name, "passed_over": found.passed_over}
    paths = [utterance.path for utterance in utterances]
    measured: list[Measured] = [Measured({})] * len(paths)
    for done, (i, result) in enumerate(measure_all(paths, job, jobs or os.cpu_count() or 1), start=1):
        measured[i] = result
        if progress is not None:
            progress(done, len(paths))
    places = [
        _printable(_metadata(utterance)) | {"variant": ORIGINAL} | result.facts
        for utterance, result in zip(utterances, measured, strict=True)
    ]
    return FeatureTable(_joined(places, measured, names, level), names, about)


def _joined(places, measured, names, level):
    """Places and values side by side: one row a clip, or each clip's place repeated over its frames."""
    from .audio import FRAME_STEP_S

    blocks = [m.values if m.values is not None else np.full((1, len(names)), np.nan) for m in measured]
    frame = pd.DataFrame(places)
    if level == FRAMES:
        n_rows = [len(block) for block in blocks]
        measurable = np.repeat([m.values is not None for m in measured], n_rows)
        frame = frame.loc[np.repeat(frame.index, n_rows)].reset_index(drop=True)
        index = np.concatenate([np.arange(n) for n in n_rows])
        start_s = frame.get("lead", 0.0) + index * FRAME_STEP_S
        frame.loc[measurable, "start"] = np.round(start_s[measurable], 6)
        frame.loc[measurable, "end"] = np.round(start_s[measurable] + FRAME_STEP_S, 6)
    return pd.concat([frame, pd.DataFrame(np.concatenate(blocks), columns=list(names))], axis=1)


def _metadata(utterance: Utterance) -> dict[str, Any]:
    """What of an utterance the table has columns for."""
    return {name: fact for name, fact in asdict(utterance).items() if name in INDEX_COLUMNS + METADATA_COLUMNS}


def _printable(facts: dict[str, Any]) -> dict[str, Any]:
    """File names need not be UTF-8, tables must be: what cannot be printed becomes an escape."""
    return {
        name: os.fsencode(fact).decode("utf-8", "backslashreplace") if isinstance(fact, str) else fact
        for name, fact in facts.items()
    }


def _provenance(plugin: str | None) -> dict[str, dict]:
    """What the values depend on: parameters, versions and the user's own module."""
    from parselmouth import PRAAT_VERSION

    from .features import feature_parameters
    from .plugin import load_plugin

    versions = {"praat": PRAAT_VERSION} | library_versions(*_LIBRARIES)
    about = {"parameters": feature_parameters(), "versions": versions}
    return about | ({"plugin": load_plugin(plugin).about} if plugin else {})
