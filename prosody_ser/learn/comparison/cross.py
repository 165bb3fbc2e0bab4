"""Cross-corpus evaluation: train on each corpus and test on each other, over the emotions that all corpora have.

>>> cross = cross_corpus({"emodb": emodb, "ravdess": ravdess}, make_pipeline("svm"))
>>> cross.uar  # rows: trained on, columns: tested on; the diagonal is cross-validated within the corpus
"""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ...errors import ProtocolError
from ...parallel.ordered_map import step_counter
from ...results import CrossResult, Result
from ...tables.feature_table import FeatureTable
from ...tables.left_out import NOT_IN_ALL_CORPORA
from ..evaluation.evaluate import evaluate
from ..evaluation.fitting import FittedFold, work_folds
from ..evaluation.protocol import counted
from ..metrics.intervals import LEAST_SPEAKERS, TOO_FEW, difference_interval, intervals
from ..metrics.scores import confusion, counts_by, per_class, plain_scores
from ..preprocessing.speaker_norm import speaker_norm_of
from ..splits.evaluation_plan import EvaluationPlan
from ..splits.listed import TEST, TRAIN, ListedFolds
from .corpora import (
    check_same_features,
    corpora_of,
    naming,
    over_common_emotions,
    put_together,
    refuse_shared_speakers,
    shared_recordings,
)


def cross_corpus(
    tables: Mapping[str, FeatureTable] | FeatureTable,
    pipeline: BaseEstimator,
    *,
    folds: Any = "auto",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CrossResult:
    """Train on each corpus and test on each other.

    Only emotions that all corpora have are used. Off the diagonal, the pipeline is fitted on all clips of one corpus
    and predicts those of another, which it has not seen. On the diagonal, it is cross-validated within the corpus, over
    the same emotions. The difference within a column is therefore the loss due to the change of corpus.

    Parameters
    ----------
    tables : mapping of str to FeatureTable, or FeatureTable
        Two or more tables by name, or a single table with several corpora in its column ``corpus``. Speakers are
        identified by corpus and name; a table without the name of a corpus counts as a separate corpus.
    pipeline : estimator
        From :func:`make_pipeline`. Clones are fitted on training clips only.
    folds : str or int or splitter
        Folds within each corpus for the diagonal, as for :func:`evaluate`.
    seed : int
        Seed for the assignment to folds.
    n_jobs : int
        Number of processes; it does not change the result.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fit.

    Returns
    -------
    CrossResult

    Raises
    ------
    ProtocolError
        If there are fewer than two corpora or common emotions, features or their parameters differ, two corpora share
        a speaker or a recording (identical rows), or one of them cannot be evaluated alone.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
    >>> cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"), folds=2)
    >>> cross
    <CrossResult of UAR: women to women 0.4..., women to men 0.2..., men to women 0.1..., men to men 0.3...>
    """
    if speaker_norm_of(pipeline) == "enrol":
        raise ProtocolError(
            "enrolment clips are not supported across corpora: use the speaker normalisation 'none' or 'speaker'"
        )
    parts = corpora_of(tables)
    check_same_features(parts)
    labels, restricted = over_common_emotions(parts)
    together, corpus = put_together(restricted)
    refuse_shared_speakers(together, corpus)
    plan = EvaluationPlan.of(together, train_on_each(together.X, corpus), seed=seed).for_pipeline(pipeline)
    findings = shared_recordings(plan, corpus)
    plans = {name: _plan_within(name, table, pipeline, folds, seed) for name, table in restricted.items()}
    done = step_counter(progress, len(plan.folds) + sum(len(inside.folds) for inside in plans.values()))
    within = {name: evaluate(inside, pipeline, n_jobs=n_jobs, progress=done) for name, inside in plans.items()}
    predictions = {(name, name): result.predictions for name, result in within.items()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        predictions |= _across(plan, pipeline, corpus, n_jobs, done)
    counts = {
        cell: counts_by(of_cell["speaker"], of_cell["emotion"], of_cell["predicted"], labels)
        for cell, of_cell in predictions.items()
    }
    outcome = _CrossOutcome(parts, restricted, labels, counts, within, findings, caught, seed)
    return CrossResult(outcome.data(together.notice))


def train_on_each(X: pd.DataFrame, corpus: np.ndarray) -> ListedFolds:
    """Make one fold per corpus, in order of appearance: train on all of its clips, test on those of all others."""
    in_corpus = corpus[:, None] == pd.unique(pd.Series(corpus)).astype(object)
    return ListedFolds(X.index, np.where(in_corpus, TRAIN, TEST), "the corpora")


def _plan_within(name: str, table: FeatureTable, pipeline: BaseEstimator, folds: Any, seed: int) -> EvaluationPlan:
    """The folds within a corpus, for the diagonal."""
    with naming(name):
        plan = EvaluationPlan.of(table, folds, seed=seed)
        if getattr(plan.splitter, "partial", False):
            raise ProtocolError(
                "a fixed split tests only some of the speakers, but all must be tested to compare with other corpora: "
                "use other folds"
            )
        return plan.for_pipeline(pipeline)


def _across(
    plan: EvaluationPlan, pipeline: BaseEstimator, corpus: np.ndarray, n_jobs: int, done: Callable[[], None]
) -> dict[tuple[str, str], pd.DataFrame]:
    """Predictions for the clips of each corpus by the model of each other, by (training corpus, test corpus)."""
    rows = pd.DataFrame({"speaker": plan.speakers, "emotion": plan.y.to_numpy(dtype=object), "predicted": None})
    work = partial(_predicted_by_corpus, corpus=corpus)
    of_folds = work_folds(plan.X, plan.y, pipeline, plan.folds, work, copies=plan.copies, n_jobs=n_jobs, done=done)
    return {
        (corpus[fold.train[0]], other): rows[corpus == other].assign(predicted=predicted)
        for fold, by_corpus in zip(plan.folds, of_folds, strict=True)
        for other, predicted in by_corpus.items()
    }


def _predicted_by_corpus(fold: FittedFold, held_out: pd.DataFrame, corpus: np.ndarray) -> dict[str, np.ndarray]:
    """Predictions for each corpus that the fold tests; each corpus is predicted separately."""
    of_row = corpus[fold.test]
    return {
        name: np.asarray(fold.pipeline.predict(held_out[of_row == name]), dtype=object) for name in pd.unique(of_row)
    }


@dataclass(frozen=True)
class _CrossOutcome:
    """The outcome of all fits, by corpus, or by (training corpus, test corpus)."""

    parts: Mapping[str, FeatureTable]
    restricted: Mapping[str, FeatureTable]  #: the corpora restricted to the common emotions
    labels: list[str]
    counts: dict[tuple[str, str], np.ndarray]
    within: dict[str, Result]
    findings: list[dict[str, Any]]
    caught: Iterable[warnings.WarningMessage]
    seed: int

    def data(self, notice: str | None) -> dict[str, Any]:
        """The content of ``cross.json``."""
        protocol = next(iter(self.within.values())).data["protocol"]
        heard = Counter(counted(self.caught))
        for result in self.within.values():
            heard.update(result.data["protocol"]["warnings"])
        of_protocol = ("feature_set", "n_features", "features", "versions")
        return {
            "schema": CrossResult.schema,
            "schema_version": CrossResult.schema_version,
            "notice": notice,
            "labels": self.labels,
            "chance": 1 / len(self.labels),
            **{key: protocol[key] for key in ("track", "track_note", "steps")},
            "seed": self.seed,
            **{key: protocol[key] for key in of_protocol},
            "warnings": dict(heard),
            "findings": self.findings,
            "corpora": {
                name: _corpus(table, self.restricted[name], self.within[name].data, self.labels)
                for name, table in self.parts.items()
            },
            "cells": [self._cell(train, test) for train in self.restricted for test in self.restricted],
        }

    def _cell(self, train: str, test: str) -> dict[str, Any]:
        counts, counts_within = self.counts[train, test], self.counts[test, test]
        pooled = counts.sum(axis=0)
        scores, scores_within = plain_scores(pooled), plain_scores(counts_within.sum(axis=0))
        n_train = [fold["n_train"] for fold in self.within[train].data["protocol"]["folds"]]
        lost = {
            "uar_lost": scores_within["uar"] - scores["uar"],
            "uar_lost_interval": difference_interval(counts_within, counts),
        }
        return {
            "train": train,
            "test": test,
            "within": train == test,
            "n_train": int(self.restricted[train].usable.sum()) if train != test else round(np.mean(n_train)),
            "n_clips": int(self.restricted[test].usable.sum()),
            "n_speakers": len(counts),
            **scores,
            "intervals": intervals(counts),
            "interval_note": TOO_FEW if len(counts) < LEAST_SPEAKERS else None,
            **(lost if train != test else dict.fromkeys(lost)),
            "per_class": per_class(pooled, self.labels),
            "confusion": confusion(pooled, self.labels),
        }


def _corpus(table: FeatureTable, restricted: FeatureTable, result: dict[str, Any], labels: list[str]) -> dict[str, Any]:
    """Describe one corpus for the result."""
    counts = sorted(Counter(table.y).items())
    lost = {f"{emotion}{NOT_IN_ALL_CORPORA}": n for emotion, n in counts if emotion not in labels}
    return {
        "corpora": restricted.corpora,
        "n_clips": int(restricted.usable.sum()),
        "n_speakers": result["n_speakers"],
        "clips_of_emotion": restricted.y.value_counts().reindex(labels).to_dict(),
        "left_out": table.left_out | lost,
        "split": result["protocol"]["split"],
        "split_hash": result["protocol"]["split_hash"],
        "audit": result["audit"],
    }
