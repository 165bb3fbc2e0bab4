"""The whole evaluation on labels that mean nothing: what is above chance then is a leak."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from ...parallel.ordered_map import run_jobs, step_counter
from ...tables.feature_table import FeatureTable
from ..classifiers.calibration import SpeakerCalibratedClassifier
from ..preprocessing.sequences.reader import check_reads
from ..preprocessing.sequences.rows import holds_sequences
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.enrolment import DEFAULT_CLIPS, enrolment_elsewhere, enrolment_of, mark_enrolment
from ..splits.copies import Copies
from ..splits.evaluation_plan import EvaluationPlan
from .duplicates import identical_rows
from .finding import ERROR, NOTE, Finding
from .material import Material
from .recovery import LEAST_Z, Recovery, against_chance

CHECK = "permuted labels"


def permuted_labels(
    table: FeatureTable | EvaluationPlan,
    pipeline: BaseEstimator,
    folds: Any = "auto",
    *,
    n_permutations: int = 10,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Finding:
    """Evaluate on labels permuted within speakers, several times.

    A recording and its copies (augmented ones and identical rows) keep one label, so that copies on both sides of a
    fold show, as does a model or a splitter that sees test clips in training. What is a leak by the meaning of the
    labels (a column that holds them) does not show: other checks are for that.

    Table, folds and seed, which is that of the permutations too, are as in :func:`audit`. Any number of processes gives
    the same finding. ``progress(done, total)`` is called after each permutation.

    Returns
    -------
    Finding
        A note if the mean UAR is within 4 standard errors of chance, else an error. The standard error is the larger
        of that seen over the permutations and that of guessing.
    """
    material = Material(table, folds, seed)
    runs = permuted_runs(material, pipeline, n_permutations, seed, n_jobs=n_jobs, progress=progress)
    return _finding([against_chance(truth, predicted, material.speaker[rows]) for rows, truth, predicted in runs])


def permuted_runs(
    material: Material,
    pipeline: BaseEstimator,
    n_permutations: int,
    seed: int,
    *,
    enrol_clips: int = DEFAULT_CLIPS,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Fit and predict every fold on permuted labels, several times.

    Of a pipeline that is calibrated the one inside is taken: calibration changes no decision. Enrolment clips are drawn
    as :func:`evaluate` draws them.

    Yields
    ------
    rows, truth, predicted : ndarray of int
        Of each permutation: positions of the tested rows, their permuted labels and what was said of them.
    """
    check_reads(pipeline, holds_sequences(material.X))
    pipeline = pipeline.estimator if isinstance(pipeline, SpeakerCalibratedClassifier) else pipeline
    X = mark_enrolment(material.X, enrol_clips, seed) if speaker_norm_of(pipeline) == "enrol" else material.X
    family = _families(len(material.y), identical_rows(material))
    permuted = [
        _permuted(material.label, material.speaker, family, np.random.default_rng([seed, number]))
        for number in range(n_permutations)
    ]
    data, given = (X, material.labels, material.copies), (pipeline, material.folds)
    done = step_counter(progress, n_permutations)
    runs = run_jobs(_predicted, permuted, data=data, given=given, n_jobs=n_jobs, done=done)
    for label, (rows, said) in zip(permuted, runs, strict=True):
        yield rows, label[rows], said


def _finding(runs: list[Recovery]) -> Finding:
    uar, chance = (np.array([getattr(run, name) for run in runs]) for name in ("uar", "chance"))
    guessing = np.array([(run.uar - run.chance) / run.z if run.z else 0.0 for run in runs])
    spread = float(uar.std(ddof=1)) if len(runs) > 1 else float(guessing.mean())
    error = max(spread, float(guessing.mean())) / np.sqrt(len(runs))
    excess = float((uar - chance).mean())
    leaks = excess > max(LEAST_Z * error, 1e-9)
    sentence = (
        f"On labels permuted within speakers the UAR is {uar.mean():.3f} (standard deviation {spread:.3f} over "
        f"{len(runs)} permutations), {'above' if leaks else 'at'} chance, {chance.mean():.3f}."
    )
    effect = (
        f"About {excess:.2f} of the UAR has nothing to do with emotion: the model has seen test clips in training."
        if leaks
        else "None: nothing but the meaning of the labels gives a score."
    )
    evidence = {
        "uar": round(float(uar.mean()), 4),
        "standard_deviation": round(spread, 4),
        "chance": round(float(chance.mean()), 4),
        "uars": [round(float(value), 4) for value in uar],
    }
    return Finding(ERROR if leaks else NOTE, CHECK, sentence, effect, evidence)


def _predicted(
    X: pd.DataFrame, labels: np.ndarray, copies: Copies, pipeline: BaseEstimator, folds: list, label: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Tested rows of all folds, and what is said of them by models that learned from `label`."""
    tested, predicted = [], []
    names = labels[label]
    for train, test in folds:
        if np.unique(label[train]).size < 2:
            continue
        held_out = X.iloc[np.concatenate([test, enrolment_elsewhere(X, test)])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fits to noise
            said = clone(pipeline).fit(*copies.training(X, names, train)).predict(held_out)[: len(test)]
        scored = ~enrolment_of(X)[test]
        tested.append(test[scored])
        predicted.append(np.searchsorted(labels, np.asarray(said, dtype=object)[scored]))
    return np.concatenate(tested), np.concatenate(predicted)


def _permuted(label: np.ndarray, speaker: np.ndarray, family: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels shuffled among the families of each speaker; a family of two speakers goes with the first."""
    _, first, member = np.unique(family, return_index=True, return_inverse=True)
    of_family = label[first].copy()
    for one in np.unique(speaker):
        own = np.flatnonzero(speaker[first] == one)
        of_family[own] = rng.permutation(of_family[own])
    return of_family[member]


def _families(n_rows: int, groups: list[list[int]]) -> np.ndarray:
    """A number for each row, the same for identical ones."""
    family = np.arange(n_rows)
    for rows in groups:
        for row in rows[1:]:
            family[family == family[row]] = family[rows[0]]
    return family
