"""Fit a pipeline on each fold's training clips and hand it out with the clips it has never seen.

Everything that scores goes through here, so there is one place where train and test are kept apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from ..errors import ProtocolError
from ..table import FRAMES, FeatureTable
from .speaker_norm import is_speaker_normalised
from .speakers import speakers_of
from .splits import make_splitter


@dataclass(frozen=True, eq=False)
class FittedFold:
    """One fold.

    Attributes
    ----------
    number, total : int
        Which fold, counted from 0, of how many.
    pipeline : estimator
        Fitted on the training clips alone.
    train, test : ndarray of int
        Positions in X.
    """

    number: int
    total: int
    pipeline: Any
    train: np.ndarray
    test: np.ndarray


def check_protocol(table: FeatureTable) -> tuple[pd.DataFrame, pd.Series]:
    """X and y of the usable rows, if a speaker-independent score of them can exist.

    Raises
    ------
    ProtocolError
        If rows are frames, no row is usable, there is one speaker or one class only, one speaker alone speaks a
        class, or two names look like one person.
    """
    if table.level == FRAMES:
        raise ProtocolError("the table holds frames, one row for each 10 ms: extract it with '--level clips'")
    X, y = table.X, table.y
    if not len(y):
        causes = ", ".join(f"{count} {cause}" for cause, count in table.left_out.items()) or "the table is empty"
        hint = "; fill the table's 'speaker' column: without it no score can be speaker-independent"
        raise ProtocolError(f"no usable rows ({causes})" + hint * ("speaker unknown" in table.left_out))
    speakers = pd.Series(speakers_of(X))
    if speakers.nunique() < 2:
        raise ProtocolError(
            f"one speaker only ({speakers.iloc[0]}): a speaker-independent score needs two or more; "
            "add recordings of others"
        )
    _refuse_one_person_twice(sorted(speakers.unique()))
    if y.nunique() < 2:
        raise ProtocolError(f"one class only ({y.iloc[0]}): there is nothing to tell apart; add other emotions")
    by_class = speakers.groupby(y.to_numpy()).agg(["nunique", "first"])
    alone = by_class[by_class["nunique"] < 2]
    if len(alone):
        raise ProtocolError(
            f"{alone.index[0]} is spoken by one speaker only ({alone['first'].iloc[0]}): held out, no example of it "
            "would be left to train on; add recordings of others or remove its rows"
        )
    return X, y


def _refuse_one_person_twice(names):
    """Raise where two names of speakers differ only in case or leading zeros: apart, they could be on both sides."""
    seen: dict[str, str] = {}
    for name in names:
        plain = name.casefold()
        plain = plain.lstrip("0") if plain.isdigit() else plain
        if plain in seen:
            raise ProtocolError(
                f"the speakers {seen[plain]!r} and {name!r} look like one person; "
                "write one person's name in one way, and two people's in two"
            )
        seen[plain] = name


def _refuse_single_clips(speakers, pipeline):
    """Raise where a speaker to be normalised has a single clip, which has no deviation from its own mean."""
    counts = pd.Series(speakers).value_counts()
    if is_speaker_normalised(pipeline) and (counts < 2).any():
        raise ProtocolError(
            f"{(counts < 2).sum()} speaker(s) with a single clip (e.g. {counts.index[-1]}): "
            "normalising a speaker needs two or more; remove them or take the blind track"
        )


def fit_folds(X: pd.DataFrame, y: pd.Series, pipeline, folds="auto", seed: int = 0) -> Iterator[FittedFold]:
    """Fit a clone of the pipeline on each fold's training clips.

    Parameters
    ----------
    X : DataFrame of shape (n_clips, n_features)
        With a ``speaker`` level in its index.
    y : Series of shape (n_clips,)
    pipeline : estimator
        Left as it is; clones are fitted.
    folds : {"auto", "loso"} or int or splitter
        See :func:`prosody_ser.learn.splits.make_splitter`.
    seed : int
        Seed of the assignment to folds.

    Yields
    ------
    FittedFold

    Raises
    ------
    ProtocolError
        If a speaker to be normalised has a single clip, a fold shares a speaker between train and test or lacks a
        class in training, or a clip is held out twice or never.
    """
    speakers = speakers_of(X)
    _refuse_single_clips(speakers, pipeline)
    labels = np.asarray(y, dtype=object)
    splits = list(make_splitter(folds, np.unique(speakers).size, seed).split(X, labels))
    held_out = np.bincount(np.concatenate([test for _, test in splits]), minlength=len(X))
    if (held_out != 1).any():
        raise ProtocolError("the folds do not hold out each clip exactly once")
    for number, (train, test) in enumerate(splits):
        shared = set(speakers[train]) & set(speakers[test])
        if shared:
            raise ProtocolError(f"fold {number + 1} has speaker {min(shared)} in both train and test")
        lost = set(labels) - set(labels[train])
        if lost:
            raise ProtocolError(
                f"fold {number + 1} has no {min(lost)} to train on: all its speakers are held out together; "
                "use more folds, or 'loso'"
            )
        yield FittedFold(number, len(splits), clone(pipeline).fit(X.iloc[train], labels[train]), train, test)
