"""Evaluation of several tables and pipelines on the same folds, so that they can be compared."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from ...errors import ProtocolError
from ...parallel.ordered_map import step_counter
from ...results import Result
from ...tables.feature_table import SEQUENCES, FeatureTable
from ..evaluation.evaluate import evaluate
from ..preprocessing.sequences.reader import reader_of
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.names import speakers_of
from ..splits.evaluation_plan import EvaluationPlan
from ..splits.listed import ListedFolds
from ..splits.split_file import clip_keys, refuse_repeated, roles_of
from .same_clips import refuse_other_clips, with_times_of


def evaluate_all(
    tables: Mapping[str, FeatureTable],
    pipelines: Mapping[Any, Any],
    *,
    folds: Any = "auto",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    done: Callable[[tuple[str, Any], Result], None] | None = None,
) -> dict[tuple[str, Any], Result]:
    """Evaluate every pipeline on every table, all on the folds of the first table.

    Parameters
    ----------
    tables : mapping of str to FeatureTable
        Tables of the same clips in any order, with different features or with frames. Start and end of clips may
        differ by rounding (:func:`prosody_ser.learn.comparison.same_clips.with_times_of`).
    pipelines : mapping of str (or another key) to estimator
        Each is evaluated on the tables that it can read, those with features or those with frames.
    folds, seed, n_jobs
        As for :func:`evaluate`.
    progress : callable, optional
        Called as ``progress(done, total)``, which counts the folds of all runs.
    done : callable, optional
        Called with the names and the result of each run when it is finished.

    Returns
    -------
    dict
        Results by (name of the table, name of the pipeline), for
        :func:`prosody_ser.learn.comparison.compare.compare`.
    """
    runs = runs_of(tables, pipelines)
    plans = _same_folds(tables, folds, seed)
    first = next(iter(plans.values()))
    _refuse_mixed(pipelines.values())
    for of_table, of_pipeline in runs:  # refuses what cannot be fitted before the first run
        plans[of_table].for_pipeline(pipelines[of_pipeline])
    results: dict[tuple[str, Any], Result] = {}
    tell = step_counter(progress, len(runs) * len(first.folds))
    for run in runs:
        results[run] = evaluate(plans[run[0]], pipelines[run[1]], n_jobs=n_jobs, progress=tell)
        if done is not None:
            done(run, results[run])
    return results


def _same_folds(tables: Mapping[str, FeatureTable], folds: Any, seed: int) -> dict[str, EvaluationPlan]:
    """A plan for each table, all on the folds of the first."""
    (first, table), *others = tables.items()
    plans = {first: EvaluationPlan.of(table, folds, seed=seed)}
    for name, other in others:
        other = with_times_of(table, other)
        order = _order_in(first, plans[first], name, other)
        splitter = plans[first].splitter
        if (order != np.arange(len(order))).any():
            roles = roles_of(plans[first].folds, len(order))[order]
            splitter = ListedFolds(other.X.index, roles, f"the folds of {first}")
        plans[name] = EvaluationPlan.of(other, splitter, seed=seed)
    return plans


def runs_of(tables: Mapping[str, FeatureTable], pipelines: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """All pairs of a table and a pipeline that can read it, by their names.

    Raises
    ------
    ProtocolError
        If a pipeline can read none of the tables.
    """
    runs = []
    for of_table, table in tables.items():
        sequences = table.level == SEQUENCES
        runs += [
            (of_table, name) for name, pipeline in pipelines.items() if (reader_of(pipeline) is not None) == sequences
        ]
    for name, pipeline in pipelines.items():
        if name not in {of_pipeline for _, of_pipeline in runs}:
            model = name[0] if isinstance(name, tuple) else name
            needed = "features" if reader_of(pipeline) is None else "frames ('extract --level frames')"
            raise ProtocolError(f"{model} reads {needed}, but none of the tables has any: add a table that does")
    return runs


def _refuse_mixed(pipelines: Collection[Any]) -> None:
    """Raise a ProtocolError, before the first fit, if pipelines would be scored on different clips."""
    enrolled = [speaker_norm_of(pipeline) == "enrol" for pipeline in pipelines]
    if any(enrolled) and not all(enrolled):
        raise ProtocolError(
            "enrolment clips are not scored, so enrol and another track would be scored on different clips here: use "
            "'cv --speaker-norm none,enrol', which scores both on the same clips"
        )


def _order_in(one_name: str, one: EvaluationPlan, other_name: str, other: FeatureTable) -> np.ndarray:
    """Position in `one` of each clip of `other`; a ProtocolError unless both have the same clips and labels."""
    labels = _labels_of_clips(one, one_name), _labels_of_clips(other, other_name)
    refuse_other_clips(*labels, one_name, other_name)
    place = {key: i for i, key in enumerate(labels[0])}
    return np.array([place[key] for key in labels[1]])


def _labels_of_clips(table: FeatureTable | EvaluationPlan, name: str) -> dict[tuple, str]:
    keys = [(*key, speaker) for key, speaker in zip(clip_keys(table), speakers_of(table.X), strict=True)]
    refuse_repeated(keys, name)
    return dict(zip(keys, table.y, strict=True))
