"""The whole evaluation on permuted labels, where any score above chance is a leak."""

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
from .checks.duplicates import identical_rows
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
    """Evaluate several times on labels permuted within speakers.

    A recording and its copies (augmented ones and identical rows) get the same label. Therefore this test detects
    copies on both sides of a fold, and a model or splitter that uses test clips in training. It does not detect leaks
    through the meaning of the labels, such as a column that contains them; other checks do that.

    `table` and `folds` are as in :func:`audit`; `seed` is also used for the permutations. The number of processes does
    not change the finding. ``progress(done, total)`` is called after each permutation.

    Returns
    -------
    Finding
        A note if the mean UAR is within 4 standard errors of chance, otherwise an error. The standard error is the
        larger of that observed over the permutations and that of guessing.
    """
    material = Material(table, folds, seed)
    runs = permuted_runs(material, pipeline, n_permutations, seed, n_jobs=n_jobs, progress=progress)
    return _finding(
        [against_chance(truth, predicted, material.speaker[rows]) for rows, truth, predicted in runs],
        len(material.labels),
    )


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
    """Fit and predict every fold several times on permuted labels.

    For a calibrated pipeline, the pipeline inside is used, because calibration changes no decision. Enrolment clips are
    drawn as in :func:`evaluate`.

    Yields
    ------
    rows, truth, predicted : ndarray of int
        For each permutation: positions of the tested rows, their permuted labels and the predicted labels.
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
    for label, (rows, predicted) in zip(permuted, runs, strict=True):
        yield rows, label[rows], predicted


def _finding(runs: list[Recovery], n_labels: int) -> Finding:
    uar, chance = (np.array([getattr(run, name) for run in runs]) for name in ("uar", "chance"))
    guessing = np.array([(run.uar - run.chance) / run.z if run.z else 0.0 for run in runs])
    spread = float(uar.std(ddof=1)) if len(runs) > 1 else float(guessing.mean())
    error = max(spread, float(guessing.mean())) / np.sqrt(len(runs))
    excess = float((uar - chance).mean())
    leaks = excess > max(LEAST_Z * error, 1e-9)
    sentence = (
        f"On labels permuted within speakers the UAR is {uar.mean():.3f} (standard deviation {spread:.3f} over "
        f"{len(runs)} permutations), {'above' if leaks else 'at'} chance: {chance.mean():.3f} for these labels and "
        f"predictions (1 / {n_labels} = {1 / n_labels:.3f} for many clips)."
    )
    effect = (
        f"About {excess:.2f} of the UAR has nothing to do with emotion: the model has seen test clips in training."
        if leaks
        else "None: without meaningful labels, the score is at chance level."
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
    """Tested rows of all folds, and their labels predicted by models that were trained on `label`."""
    tested, predicted = [], []
    names = labels[label]
    for train, test in folds:
        if np.unique(label[train]).size < 2:
            continue
        held_out = X.iloc[np.concatenate([test, enrolment_elsewhere(X, test)])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fits to noise may raise warnings
            names_predicted = clone(pipeline).fit(*copies.training(X, names, train)).predict(held_out)[: len(test)]
        scored = ~enrolment_of(X)[test]
        tested.append(test[scored])
        predicted.append(np.searchsorted(labels, np.asarray(names_predicted, dtype=object)[scored]))
    return np.concatenate(tested), np.concatenate(predicted)


def _permuted(label: np.ndarray, speaker: np.ndarray, family: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels shuffled among the families of each speaker; a family with two speakers belongs to the first."""
    _, first, member = np.unique(family, return_index=True, return_inverse=True)
    of_family = label[first].copy()
    for name in np.unique(speaker):
        of_speaker = np.flatnonzero(speaker[first] == name)
        of_family[of_speaker] = rng.permutation(of_family[of_speaker])
    return of_family[member]


def _families(n_rows: int, groups: list[list[int]]) -> np.ndarray:
    """Number of each row's family of identical rows."""
    family = np.arange(n_rows)
    for rows in groups:
        for row in rows[1:]:
            family[family == family[row]] = family[rows[0]]
    return family
