"""Everything that a score assumes, as a result holds it."""

from collections import Counter
from typing import Any

import numpy as np

from ...errors import ProtocolError
from ...results.jsonable import plain
from ...versions import library_versions
from ..classifiers.calibration import is_calibrated
from ..speakers.names import speakers_of
from ..splits.sentences import sentences_of
from .choices import steps_of

_LIBRARIES = ("scikit-learn", "imbalanced-learn", "numpy", "scipy", "pandas")


def describe_protocol(table, pipeline, seed: int, kind: str) -> dict[str, Any]:
    """What does not depend on the folds: steps, scores, features, versions."""
    return {
        "steps": described_steps(pipeline),
        "fitted_on": "every step on the training clips of its fold only",
        "metric": "pooled over all held-out predictions",
        "score_kind": {"predict_proba": "probability", "decision_function": "margin"}.get(kind, kind),
        "scores_calibrated": is_calibrated(pipeline),
        "seed": seed,
        "corpora": table.corpora,
        "feature_set": table.about.get("feature_set"),
        "n_features": len(table.feature_names),
        "features": list(table.feature_names),
        "left_out": table.left_out,
        "extraction": {key: table.about.get(key) for key in ("parameters", "versions")},
        "versions": library_versions(*_LIBRARIES),
    }


def described_steps(pipeline) -> list[dict[str, Any]]:
    """Steps of a pipeline, and what calibrates or tunes it, with their parameters."""
    return [
        {"name": name, "estimator": type(step).__name__, "parameters": plain(parameters)}
        for name, step, parameters in steps_of(pipeline)
    ]


def describe_folds(planned, X, splitter, scored: np.ndarray) -> list[dict[str, Any]]:
    """Each fold: who is tested, and how many clips.

    Parameters
    ----------
    planned : list of Fold
    X : DataFrame
    splitter : splitter
    scored : ndarray of bool, shape (n_rows,)
        False for enrolment clips.

    Raises
    ------
    ProtocolError
        If a fold's test part has enrolment clips only.
    """
    speakers = speakers_of(X)
    facts = []
    for number, fold in enumerate(planned):
        test = fold.test[scored[fold.test]]
        if not len(test):
            raise ProtocolError(f"fold {number + 1} would test enrolment clips only: take fewer, or other folds")
        fact = {
            "fold": number,
            "test_speakers": sorted(set(speakers[test])),
            "n_train": len(fold.train),
            "n_test": len(test),
        }
        if getattr(splitter, "sentence_disjoint", False):
            fact["test_sentences"] = sorted(set(sentences_of(X)[test]))
        if len(fold.validation):
            fact["validation_speakers"] = sorted(set(speakers[fold.validation]))
            fact["n_validation"] = len(fold.validation)
        facts.append(fact)
    return facts


def counted(caught) -> dict[str, int]:
    """How often each warning was given while fitting and predicting, by its text."""
    return dict(Counter(f"{type(w.message).__name__}: {' '.join(str(w.message).split())}" for w in caught))
