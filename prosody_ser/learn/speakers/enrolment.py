"""Enrolment clips: a few unlabelled clips of a speaker that serve to normalise the speaker and are never scored.

Like the speaker, they are marked in X's index (a level named ``enrol``, true or false), so they reach the predicting
step in the same call as the clips to be judged. An evaluation draws them (:func:`mark_enrolment`). To predict with a
folder of a new speaker's clips, join these to the rows to be predicted (:func:`with_enrolment`) and drop the
predictions for them:

>>> joined = with_enrolment(clips.X, enrolment=folder.X)
>>> predictions = pipeline.predict(joined)[~enrolment_of(joined)]
"""

from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, counted
from .names import has_level, n_rows, speakers_of
from .originals import originals_of

ENROL_LEVEL = "enrol"
DEFAULT_CLIPS = 5


def has_enrolment(X: Any) -> bool:
    """Whether X's index has a level named `enrol`."""
    return has_level(X, ENROL_LEVEL)


def enrolment_of(X: Any) -> np.ndarray:
    """Whether each row is an enrolment clip; all False if X marks none."""
    if not has_enrolment(X):
        return np.zeros(n_rows(X), dtype=bool)
    return X.index.get_level_values(ENROL_LEVEL).to_numpy(dtype=bool)


def mark_enrolment(X: pd.DataFrame, n_clips: int = DEFAULT_CLIPS, seed: int = 0) -> pd.DataFrame:
    """Mark `n_clips` clips of each speaker as enrolment clips, in an additional index level ``enrol``.

    They are drawn at random from the speaker's original clips. The draw depends neither on labels, nor on other
    speakers, nor on the order of the rows, so it stays the same whoever else is in the table.

    Raises
    ------
    ProtocolError
        If a speaker would have no clip left to score.
    """
    if n_clips < 1:
        raise ProtocolError(f"the number of enrolment clips must be at least 1 (got {n_clips})")
    speakers = speakers_of(X)
    original = originals_of(X)
    keys = [tuple(map(str, key if isinstance(key, tuple) else (key,))) for key in X.index]
    marked = np.zeros(len(X), dtype=bool)
    for speaker in np.unique(speakers):
        clips = sorted(np.flatnonzero((speakers == speaker) & original), key=keys.__getitem__)
        if len(clips) <= n_clips:
            raise ProtocolError(
                f"speaker {speaker} has only {counted(len(clips), 'clip')}, so with {n_clips} for enrolment none would "
                "be left to score: use fewer enrolment clips, or remove the speaker"
            )
        rng = np.random.default_rng([seed, *str(speaker).encode()])
        marked[rng.choice(clips, n_clips, replace=False)] = True
    return with_level(X, marked)


def with_enrolment(X: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Append the enrolment rows, marked as such, to the rows to be predicted; speakers have the same names in both."""
    parts = [with_level(X, np.zeros(len(X), dtype=bool)), with_level(enrolment, np.ones(len(enrolment), dtype=bool))]
    return pd.concat(parts)


def enrolment_elsewhere(X: pd.DataFrame, test: np.ndarray) -> np.ndarray:
    """Positions of the test speakers' enrolment clips outside the test part (in sentence-disjoint folds)."""
    if not has_enrolment(X):
        return np.empty(0, dtype=int)
    speakers = speakers_of(X)
    elsewhere = enrolment_of(X) & np.isin(speakers, np.unique(speakers[test]))
    elsewhere[test] = False
    return np.flatnonzero(elsewhere)


def with_level(X: pd.DataFrame, marked: np.ndarray) -> pd.DataFrame:
    """Add the index level that marks enrolment clips."""
    levels = [X.index.get_level_values(i) for i in range(X.index.nlevels) if X.index.names[i] != ENROL_LEVEL]
    names = [name for name in X.index.names if name != ENROL_LEVEL]
    return X.set_axis(pd.MultiIndex.from_arrays([*levels, marked], names=[*names, ENROL_LEVEL]), axis=0)
