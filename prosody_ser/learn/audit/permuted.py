"""The whole evaluation on labels that mean nothing: what is above chance then is a leak."""

import warnings
from collections.abc import Callable

import numpy as np
from sklearn.base import clone

from ...table import FeatureTable
from .duplicates import identical_rows
from .families import families_of
from .finding import ERROR, NOTE, Finding
from .material import Material
from .recovery import LEAST_Z, against_chance

CHECK = "permuted labels"


def permuted_labels(
    table: FeatureTable,
    pipeline,
    folds="auto",
    *,
    n_permutations: int = 10,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Finding:
    """Evaluate on labels permuted within speakers, several times.

    A recording and its copies (augmented ones and identical rows) keep one label, so that copies on both sides of a
    fold show, as does a model or a splitter that sees test clips in training. What is a leak by the meaning of the
    labels (a column that holds them) does not show: other checks are for that.

    Parameters
    ----------
    table : FeatureTable
    pipeline : estimator
    folds
        As in :func:`audit`.
    n_permutations : int
    seed : int
        Seed of the permutations and of the assignment to folds.
    progress : callable, optional
        Called as ``progress(done, total)`` after each permutation.

    Returns
    -------
    Finding
        A note if the mean UAR is within 4 standard errors of chance, else an error. The standard error is the larger
        of that seen over the permutations and that of guessing.
    """
    material = Material(table, folds, seed)
    family = _with_identical(families_of(material.frame), identical_rows(material))
    runs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits to noise
        for number in range(n_permutations):
            label = _permuted(material.label, material.speaker, family, np.random.default_rng([seed, number]))
            runs.append(_evaluate(material, pipeline, label))
            if progress is not None:
                progress(number + 1, n_permutations)
    return _finding(runs)


def _finding(runs):
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


def _evaluate(material, pipeline, label):
    """UAR of one permutation, against chance, over the test rows of all folds."""
    truth, predicted, speaker = [], [], []
    names = material.labels[label]
    for train, test in material.folds:
        if np.unique(label[train]).size < 2:
            continue
        said = clone(pipeline).fit(material.X.iloc[train], names[train]).predict(material.X.iloc[test])
        truth.append(label[test])
        predicted.append(np.searchsorted(material.labels, np.asarray(said, dtype=object)))
        speaker.append(material.speaker[test])
    return against_chance(*map(np.concatenate, (truth, predicted, speaker)))


def _permuted(label, speaker, family, rng):
    """Labels shuffled among the families of each speaker; a family of two speakers goes with the first."""
    _, first, member = np.unique(family, return_index=True, return_inverse=True)
    of_family = label[first].copy()
    for one in np.unique(speaker):
        own = np.flatnonzero(speaker[first] == one)
        of_family[own] = rng.permutation(of_family[own])
    return of_family[member]


def _with_identical(family, groups):
    family = family.copy()
    for rows in groups:
        for row in rows[1:]:
            family[family == family[row]] = family[rows[0]]
    return family
