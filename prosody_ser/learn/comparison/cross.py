"""Cross-corpus evaluation: train on each corpus, test on each other, over the emotions that all of them have.

>>> found = cross_corpus({"emodb": emodb, "ravdess": ravdess}, make_pipeline("svm"))
>>> found.uar  # rows: trained on, columns: tested on; the diagonal is cross-validated within the corpus
"""

import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from ...errors import ProtocolError
from ...results import Result
from ...results.cross import SCHEMA, SCHEMA_VERSION, CrossResult
from ...tables.feature_table import FeatureTable
from ..evaluation.evaluate import evaluate
from ..evaluation.fitting import work_folds
from ..evaluation.protocol import counted
from ..metrics.intervals import TOO_FEW, intervals, percentiles
from ..metrics.paired_counts import counts_by, resampled_scores
from ..metrics.scores import confusion, per_class, plain_scores
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.names import speakers_of
from ..splits.plan import check_protocol, plan_folds
from ..splits.splitters import Fold, SpeakerSplitter, make_splitter
from .corpora import (
    check_same_features,
    corpora_of,
    naming,
    over_common_emotions,
    put_together,
    refuse_shared_speakers,
    shared_recordings,
)


class TrainOnEachCorpus(SpeakerSplitter):
    """One fold a corpus: train on all of its clips, test on those of all others.

    Parameters
    ----------
    corpus : ndarray of shape (n_clips,)
        Of each row of X.
    """

    def __init__(self, corpus):
        self.corpus = corpus

    @property
    def n_repeats(self):
        """Each clip is tested by all corpora but its own."""
        return np.unique(self.corpus).size - 1

    def folds(self, X, y=None):
        """Yield each fold, corpora in the order in which they come."""
        for name in pd.unique(pd.Series(self.corpus)):
            own = self.corpus == name
            yield Fold(np.flatnonzero(own), np.flatnonzero(~own))

    def describe(self, folds, X):
        """How corpora are held out, in words."""
        return f"{len(folds)} corpora, each trained on alone"


def cross_corpus(
    tables: Mapping[str, FeatureTable],
    pipeline,
    *,
    folds="auto",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CrossResult:
    """Train on each corpus and test on each other.

    Only emotions that all corpora have are used. Off the diagonal the pipeline is fitted on all clips of one corpus
    and predicts those of another, which it has never seen. On the diagonal it is cross-validated within the corpus,
    over the same emotions: what the test corpus gives where the model knows the corpus, so that the difference in a
    column is what the change of corpus costs.

    Parameters
    ----------
    tables : mapping of str to FeatureTable
        Two or more by name, or one whose column ``corpus`` names several: each is then one. Speakers are named with
        their corpus; a table without the name of its corpus is a corpus of its own.
    pipeline : estimator
        From :func:`make_pipeline`. Clones are fitted, on training clips alone.
    folds : str or int or splitter
        Of the diagonal, as for :func:`evaluate`.
    seed : int
        Seed of the assignment to folds, and of the bootstrap.
    n_jobs : int
        Processes. The result is the same with any number.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    CrossResult

    Raises
    ------
    ProtocolError
        If there are fewer than two corpora or common emotions, features or their parameters differ, two corpora share
        a speaker or a recording (identical rows), or one of them cannot be evaluated by itself.
    """
    if speaker_norm_of(pipeline) == "enrol":
        raise ProtocolError("enrolment clips are for 'cv': across corpora take the blind track or 'speaker'")
    parts = corpora_of(tables)
    check_same_features(parts)
    labels, restricted = over_common_emotions(parts)
    together, corpus = put_together(restricted)
    refuse_shared_speakers(together, corpus)
    X, y = check_protocol(together)
    planned = plan_folds(X, y, pipeline, TrainOnEachCorpus(corpus), seed)
    findings = shared_recordings(together, planned, corpus)
    n_within = {name: _n_folds(name, table, pipeline, folds, seed) for name, table in restricted.items()}
    total = len(planned) + sum(n_within.values())
    n_done = 0

    def tell(n_more, _=None):
        if progress is not None:
            progress(n_done + n_more, total)

    said: dict[tuple[str, str], pd.DataFrame] = {}
    within: dict[str, Result] = {}
    for name, table in restricted.items():
        within[name] = evaluate(table, pipeline, folds=folds, seed=seed, n_jobs=n_jobs, progress=tell)
        said[name, name] = pd.DataFrame(within[name].data["clips"])[["speaker", "emotion", "predicted"]]
        n_done += n_within[name]
    rows = pd.DataFrame({"speaker": speakers_of(X), "emotion": y.to_numpy(dtype=object), "predicted": None})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work = partial(_predicted_by_corpus, corpus=corpus)
        for fold, predicted in zip(planned, work_folds(X, y, pipeline, planned, work, n_jobs=n_jobs), strict=True):
            for other, of_clips in predicted.items():
                own = rows[corpus == other]
                said[corpus[fold.train[0]], other] = own.assign(predicted=of_clips)
            n_done += 1
            tell(0)
    counts = {
        cell: counts_by(found["speaker"], found["emotion"], found["predicted"], labels) for cell, found in said.items()
    }
    return CrossResult(_data(parts, restricted, labels, counts, within, findings, caught, together, seed))


def _n_folds(name, table, pipeline, folds, seed):
    """How many folds the diagonal has, all of them checked."""
    with naming(name):
        splitter = make_splitter(folds, np.unique(speakers_of(table.X)).size, seed)
        if getattr(splitter, "partial", False):
            raise ProtocolError("a fixed split tests a part of the speakers: no measure for those tested by others")
        return len(plan_folds(table.X, table.y, pipeline, splitter, seed))


def _predicted_by_corpus(fold, held_out, corpus):
    """Predictions for each corpus that the fold tests; each is predicted apart, and nothing learned from it."""
    of_row = corpus[fold.test]
    return {
        name: np.asarray(fold.pipeline.predict(held_out[of_row == name]), dtype=object) for name in pd.unique(of_row)
    }


def _data(parts, restricted, labels, counts, within, findings, caught, together, seed):
    """The content of ``cross.json``."""
    draws = {cell: resampled_scores(by_speaker, seed) for cell, by_speaker in counts.items()}
    protocol = next(iter(within.values())).data["protocol"]
    heard = Counter(counted(caught))
    for result in within.values():
        heard.update(result.data["protocol"]["warnings"])
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "notice": together.notice,
        "labels": labels,
        "chance": 1 / len(labels),
        "track": protocol["track"],
        "track_note": protocol["track_note"],
        "steps": protocol["steps"],
        "seed": seed,
        "feature_set": protocol["feature_set"],
        "n_features": protocol["n_features"],
        "features": protocol["features"],
        "versions": protocol["versions"],
        "warnings": dict(heard),
        "findings": findings,
        "corpora": {
            name: {
                "corpora": restricted[name].corpora,
                "n_clips": len(restricted[name]),
                "n_speakers": within[name].data["n_speakers"],
                "clips_of_emotion": restricted[name].frame["emotion"].value_counts().reindex(labels).to_dict(),
                "left_out": table.left_out
                | {f"{emotion}, not in all corpora": n for emotion, n in _others(table, labels).items()},
                "split": within[name].data["protocol"]["split"],
                "split_hash": within[name].data["protocol"]["split_hash"],
                "audit": within[name].data["audit"],
            }
            for name, table in parts.items()
        },
        "cells": [
            _cell(train, test, counts, draws, within, restricted, labels, seed)
            for train in restricted
            for test in restricted
        ],
    }


def _others(table, labels):
    counts = Counter(table.y)
    return {emotion: counts[emotion] for emotion in sorted(set(counts) - set(labels))}


def _cell(train, test, counts, draws, within, restricted, labels, seed):
    pooled, drawn = counts[train, test].sum(axis=0), draws[train, test]
    scores, own = plain_scores(pooled), plain_scores(counts[test, test].sum(axis=0))
    n_train = [fold["n_train"] for fold in within[train].data["protocol"]["folds"]]
    lost = {
        "uar_lost": own["uar"] - scores["uar"],
        "uar_lost_interval": None if drawn is None else percentiles(draws[test, test]["uar"] - drawn["uar"]),
    }
    return {
        "train": train,
        "test": test,
        "within": train == test,
        "n_train": len(restricted[train]) if train != test else round(np.mean(n_train)),
        "n_clips": len(restricted[test]),
        "n_speakers": len(counts[train, test]),
        **scores,
        "intervals": intervals(counts[train, test], seed),
        "interval_note": TOO_FEW if drawn is None else None,
        **(lost if train != test else dict.fromkeys(lost)),
        "per_class": per_class(pooled, labels),
        "confusion": confusion(pooled, labels),
    }
