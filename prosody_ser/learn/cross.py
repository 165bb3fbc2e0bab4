"""Cross-corpus evaluation: train on each corpus, test on each other, over the emotions that all of them have.

>>> found = cross_corpus({"emodb": emodb, "ravdess": ravdess}, make_pipeline("svm"))
>>> found.uar  # rows: trained on, columns: tested on; the diagonal is cross-validated within the corpus
"""

import json
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ProtocolError
from ..result import Result
from ..table import INDEX_COLUMNS, METADATA_COLUMNS, FeatureTable
from ..whole_file import write_text
from .audit import duplicates
from .audit.finding import ERROR
from .audit.material import Material
from .comparison_counts import counts_by, resampled_scores
from .evaluation import evaluate
from .folds import check_protocol, plan_folds, work_folds
from .intervals import TOO_FEW, intervals, percentiles
from .metrics import confusion, per_class, plain_scores
from .protocol import counted
from .speaker_norm import speaker_norm_of
from .speakers import speakers_of
from .splits import Fold, SpeakerSplitter, make_splitter

SCHEMA = "prosody-ser/cross"
SCHEMA_VERSION = 1


@dataclass(frozen=True, eq=False)
class CrossResult:
    """Scores of training on each corpus and testing on each other.

    Attributes
    ----------
    data : dict
        The content of ``cross.json``; fields as in ``cross.schema.json``.
    """

    data: dict[str, Any]

    @property
    def uar(self) -> pd.DataFrame:
        """UAR, rows trained on, columns tested on."""
        names = list(self.data["corpora"])
        matrix = pd.DataFrame(np.nan, index=pd.Index(names, name="train"), columns=pd.Index(names, name="test"))
        for cell in self.data["cells"]:
            matrix.loc[cell["train"], cell["test"]] = cell["uar"]
        return matrix

    def write(self, path) -> None:
        """Write as JSON, whole or not at all.

        Raises
        ------
        ProsodySerError
            If the file cannot be written.
        """
        write_text(path, json.dumps(self.data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    def __repr__(self):
        return f"<CrossResult, UAR by training (rows) and test corpus:\n{self.uar.round(3)}>"


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
    parts = _corpora(tables)
    check_same_features(parts)
    labels, restricted = _over_common_emotions(parts)
    together, corpus = _together(restricted)
    _refuse_shared_speakers(together, corpus)
    X, y = check_protocol(together)
    planned = plan_folds(X, y, pipeline, TrainOnEachCorpus(corpus), seed)
    findings = _shared_recordings(together, planned, corpus)
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


def check_same_features(tables: Mapping[str, FeatureTable]) -> None:
    """Refuse tables whose features, or the parameters these were measured with, differ.

    Parameters
    ----------
    tables : mapping of str to FeatureTable
        By what errors call them.

    Raises
    ------
    ProtocolError
        Naming two tables and the first difference.
    """
    (first, table), *others = tables.items()
    for name, other in others:
        for one, another, lacking in ((table, other, name), (other, table, first)):
            gone = [feature for feature in one.feature_names if feature not in set(another.feature_names)]
            if gone:
                more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
                raise ProtocolError(
                    f"{first} and {name}: different features ({lacking} lacks {gone[0]}{more}; sets "
                    f"{_set_of(table)} and {_set_of(other)}): measure both with one --set"
                )
        mine, theirs = table.about.get("parameters"), other.about.get("parameters")
        if mine and theirs and mine != theirs:
            key = next(key for key in [*mine, *theirs] if mine.get(key) != theirs.get(key))
            raise ProtocolError(
                f"{first} and {name}: measured with different parameters ({key} is {mine.get(key)} and "
                f"{theirs.get(key)}): extract both with one release"
            )


def _set_of(table):
    return table.about.get("feature_set") or "of their own"


def _corpora(tables):
    """Each corpus by name; a single table is split by its column."""
    if len(tables) == 1:
        ((name, table),) = tables.items()
        inside = sorted(set(table.frame.loc[table.usable, "corpus"]))
        if len(inside) < 2:
            raise ProtocolError(
                f"{name}: one corpus only ({inside[0] if inside and inside[0] else 'without a name'}): to train on one "
                "and test on another takes two; name several tables, or one with several in its column 'corpus'"
            )
        return {corpus or "(no name)": _kept(table, table.frame["corpus"] == corpus) for corpus in inside}
    if not tables:
        raise ProtocolError("no table: to train on one corpus and test on another takes two")
    return dict(tables)


def _kept(table, mask):
    return replace(table, frame=table.frame[mask])


def _over_common_emotions(parts):
    """The emotions that all corpora have, and each corpus over these, if it can be evaluated by itself."""
    emotions = {}
    for name, table in parts.items():
        with _named(name):
            emotions[name] = set(check_protocol(table)[1])
    labels = sorted(set.intersection(*emotions.values()))
    if len(labels) < 2:
        listed = "; ".join(f"{name}: {', '.join(sorted(own))}" for name, own in emotions.items())
        raise ProtocolError(f"{len(labels)} emotions in common ({listed}): there is nothing to tell apart")
    restricted = {}
    for name, table in parts.items():
        restricted[name] = _kept(table, table.usable & table.frame["emotion"].isin(labels))
        with _named(name):
            check_protocol(restricted[name])
    return labels, restricted


@contextmanager
def _named(name):
    """Say which corpus an error is about."""
    try:
        yield
    except ProtocolError as error:
        raise ProtocolError(f"{name}: {error}") from error


def _n_folds(name, table, pipeline, folds, seed):
    """How many folds the diagonal has, all of them checked."""
    with _named(name):
        splitter = make_splitter(folds, np.unique(speakers_of(table.X)).size, seed)
        if getattr(splitter, "partial", False):
            raise ProtocolError("a fixed split tests a part of the speakers: no measure for those tested by others")
        return len(plan_folds(table.X, table.y, pipeline, splitter, seed))


def _together(parts):
    """All corpora as one table, its speakers named with their corpus, and the corpus of each row."""
    features = next(iter(parts.values())).feature_names
    frames = []
    for name, table in parts.items():
        frame = table.frame[[*INDEX_COLUMNS, *METADATA_COLUMNS, *features]]
        # speech and song in two tables are two corpora: neither is to be left out beside the other
        frames.append(frame.assign(corpus=frame["corpus"].mask(frame["corpus"] == "", name), vocal_channel=""))
    corpus = np.repeat(np.array(list(parts), dtype=object), [len(frame) for frame in frames])
    about = next(iter(parts.values())).about
    return FeatureTable(pd.concat(frames, ignore_index=True), features, about), corpus


def _refuse_shared_speakers(together, corpus):
    speakers = pd.Series(corpus).groupby(speakers_of(together.X)).agg(["nunique", "first", "last"])
    shared = speakers[speakers["nunique"] > 1]
    if len(shared):
        raise ProtocolError(
            f"{shared['first'].iloc[0]} and {shared['last'].iloc[0]}: the speaker {shared.index[0]} is in both"
            f"{f' (and {len(shared) - 1} more)' if len(shared) > 1 else ''}: trained on and tested; if these are two "
            "people, give the tables different names in the column 'corpus'"
        )


def _shared_recordings(together, planned, corpus):
    """Refuse recordings that two corpora share; what only looks like one is a finding."""
    material = Material(together, planned)
    groups = [rows for rows in duplicates.identical_rows(material) if len(set(corpus[rows])) > 1]
    if groups:
        one = groups[0][0]
        other = next(row for row in groups[0] if corpus[row] != corpus[one])
        files = material.frame["file"]
        raise ProtocolError(
            f"{corpus[one]} and {corpus[other]}: the same recordings in both ({len(groups)}, e.g. {files[one]} and "
            f"{files[other]}, identical in all features): they would be trained on and tested; remove them from one"
        )
    return [finding.data for finding in duplicates.find(material) if finding.severity == ERROR]


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
                "corpora": sorted(set(restricted[name].frame["corpus"]) - {""}),
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
