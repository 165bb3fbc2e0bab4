"""Everything that a score assumes, as a result holds it."""

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
    said: HeldOut,
    fold_facts: list[dict[str, Any]],
    caught: Iterable[warnings.WarningMessage],
    enrolled: bool,
) -> dict[str, Any]:
    """The protocol of a result: steps, folds, scores, features, versions.

    `caught` was said while folds were made, fitted and predicted; `enrolled`: enrolment clips are left out of the
    scoring.
    """
    table = plan.table
    return {
        "steps": described_steps(pipeline),
        "fitted_on": "every step on the training clips of its fold only",
        "metric": "pooled over all held-out predictions",
        "score_kind": said.kind,
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
        "n_repeats": int(said.repeat.max()) + 1,
        "warnings": counted(caught),
        **(described_copies(table) if len(plan.copies) else {}),
    }


def versions_with(pipeline: BaseEstimator) -> dict[str, str]:
    """Versions of all libraries that a pipeline's numbers depend on: of PyTorch, too, if its model is a network."""
    inner = unwrapped(pipeline)
    model = inner.steps[-1][1] if hasattr(inner, "steps") else inner
    return library_versions(*_LIBRARIES, *(_OF_NETWORKS if takes_validation(model) else ()))


def _enrolment(plan: EvaluationPlan) -> dict[str, Any]:
    return {
        "n_clips_of_each": plan.enrol_clips,
        "n_clips": int(enrolment_of(plan.marked).sum()),
        "seed": plan.seed,
        "chosen": "at random among each speaker's original clips, labels unseen",
    }


def described_copies(table: FeatureTable) -> dict[str, Any]:
    """Of augmented copies, under ``augmentation``, how many and how they were made; nothing if there are none."""
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
            "used_for": "training with their originals; never tested, and no statistic of a speaker's is taken of them",
        }
    }


def extraction_of(table: FeatureTable) -> dict[str, Any]:
    """What the values of a table were made with; None for what nobody knows."""
    return {
        "engine": table.engine,
        "parameters": table.about.get("parameters"),
        "versions": table.about.get("versions"),
    }


def described_steps(pipeline: Any) -> list[dict[str, Any]]:
    """Steps of a pipeline, and what calibrates or tunes it, with their parameters."""
    return [
        {"name": name, "estimator": type(step).__name__, "parameters": plain(parameters)}
        for name, step, parameters in steps_of(pipeline)
    ]


def describe_folds(plan: EvaluationPlan, enrolled: bool) -> list[dict[str, Any]]:
    """Each fold: who is tested, and how many clips, less the enrolment clips if `enrolled`.

    A fold whose test part has no others is refused.
    """
    speakers = plan.speakers
    scored = ~enrolment_of(plan.marked if enrolled else plan.X)
    facts = []
    for number, fold in enumerate(plan.folds):
        test = fold.test[scored[fold.test]]
        if not len(test):
            raise ProtocolError(f"fold {number + 1} would test enrolment clips only: take fewer, or other folds")
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
    """How often each warning was given while fitting and predicting, by its text."""
    return dict(Counter(f"{type(w.message).__name__}: {' '.join(str(w.message).split())}" for w in caught))
