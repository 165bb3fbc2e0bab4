"""The protocol of a result: everything that a score assumes."""

import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from ...errors import ProtocolError
from ...results.jsonable import plain
from ...tables.feature_table import FeatureTable
from ...versions import library_versions
from ..classifiers.calibration import is_calibrated
from ..speakers.enrolment import enrolment_of
from ..splits.evaluation_plan import EvaluationPlan
from ..splits.sentences import sentences_of
from ..splits.split_file import split_hash
from ..splits.splitters import describe_split
from ..tuning.unwrap import unwrapped
from .choices import steps_of
from .fitting import takes_validation
from .predictions import HeldOut
from .tracks import clips_of_speaker, track_note, track_of

_OF_NETWORKS = ("torch", "skorch")
_LIBRARIES = ("scikit-learn", "imbalanced-learn", "numpy", "scipy", "pandas")


def describe_protocol(
    plan: EvaluationPlan,
    pipeline: BaseEstimator,
    held_out: HeldOut,
    fold_facts: list[dict[str, Any]],
    caught: Iterable[warnings.WarningMessage],
    enrolled: bool,
) -> dict[str, Any]:
    """Describe steps, folds, scores, features and versions for a result.

    `caught` are the warnings raised while folds were made, fitted and predicted. `enrolled` tells whether enrolment
    clips are excluded from scoring.
    """
    table = plan.table
    return {
        "steps": described_steps(pipeline),
        "fitted_on": "every step on the training clips of its fold only",
        "metric": "pooled over all held-out predictions",
        "score_kind": held_out.kind,
        "scores_calibrated": is_calibrated(pipeline),
        "seed": plan.seed,
        "corpora": table.corpora,
        "feature_set": table.about.get("feature_set"),
        "n_features": len(plan.X.columns),
        "features": list(plan.X.columns),
        "left_out": table.left_out,
        "extraction": extraction_of(table),
        "versions": versions_with(pipeline),
        "folds": fold_facts,
        "track": track_of(pipeline),
        "track_note": track_note(pipeline, plan),
        "clips_of_speaker": clips_of_speaker(pipeline, plan),
        "enrolment": _enrolment(plan) if enrolled else None,
        "split": describe_split(plan.splitter, plan.folds, plan.X),
        "split_hash": split_hash(plan, plan.folds),
        "split_file": getattr(plan.splitter, "source", None),
        "n_repeats": int(held_out.repeat.max()) + 1,
        "warnings": counted(caught),
        **(described_copies(table) if len(plan.copies) else {}),
    }


def versions_with(pipeline: BaseEstimator) -> dict[str, str]:
    """Versions of all libraries that affect a pipeline's results, including PyTorch if its model is a network."""
    inner = unwrapped(pipeline)
    model = inner.steps[-1][1] if hasattr(inner, "steps") else inner
    return library_versions(*_LIBRARIES, *(_OF_NETWORKS if takes_validation(model) else ()))


def _enrolment(plan: EvaluationPlan) -> dict[str, Any]:
    return {
        "n_clips_of_each": plan.enrol_clips,
        "n_clips": int(enrolment_of(plan.marked).sum()),
        "seed": plan.seed,
        "chosen": "at random from each speaker's original clips, without their labels",
    }


def described_copies(table: FeatureTable) -> dict[str, Any]:
    """Describe the augmented copies under ``augmentation``: how many, and how they were made; empty without copies."""
    copies = table.copies_made
    if not copies:
        return {}
    asked = table.about.get("augmentation") or {}
    return {
        "augmentation": {
            "n_copies": sum(copies.values()),
            "copies": copies,
            "asked_for": asked.get("copies"),
            "seed": asked.get("seed"),
            "used_for": "training together with their originals; never for tests or for the statistics of a speaker",
        }
    }


def extraction_of(table: FeatureTable) -> dict[str, Any]:
    """Engine, parameters and versions with which a table was extracted; None if unknown."""
    return {
        "engine": table.engine,
        "parameters": table.about.get("parameters"),
        "versions": table.about.get("versions"),
    }


def described_steps(pipeline: Any) -> list[dict[str, Any]]:
    """Steps of a pipeline with their parameters, including calibration and tuning."""
    return [
        {"name": name, "estimator": type(step).__name__, "parameters": plain(parameters)}
        for name, step, parameters in steps_of(pipeline)
    ]


def describe_folds(plan: EvaluationPlan, enrolled: bool) -> list[dict[str, Any]]:
    """Describe each fold: tested speakers and numbers of clips, without the enrolment clips if `enrolled`.

    Raises
    ------
    ProtocolError
        If the test part of a fold has enrolment clips only.
    """
    speakers = plan.speakers
    scored = ~enrolment_of(plan.marked if enrolled else plan.X)
    facts = []
    for number, fold in enumerate(plan.folds):
        test = fold.test[scored[fold.test]]
        if not len(test):
            raise ProtocolError(
                f"fold {number + 1} would test enrolment clips only: use fewer enrolment clips, or other folds"
            )
        fact = {
            "fold": number,
            "test_speakers": sorted(set(speakers[test])),
            "n_train": len(fold.train),
            "n_test": len(test),
        }
        if len(plan.copies):
            fact["n_copies"] = int(np.isin(plan.copies.parent, fold.train).sum())
        if getattr(plan.splitter, "sentence_disjoint", False):
            fact["test_sentences"] = sorted(set(sentences_of(plan.X)[test]))
        if len(fold.validation):
            fact["validation_speakers"] = sorted(set(speakers[fold.validation]))
            fact["n_validation"] = len(fold.validation)
        facts.append(fact)
    return facts


def counted(caught: Iterable[warnings.WarningMessage]) -> dict[str, int]:
    """Number of times that each warning was raised, by its text."""
    return dict(Counter(f"{type(w.message).__name__}: {' '.join(str(w.message).split())}" for w in caught))
