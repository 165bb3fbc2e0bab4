"""Speaker-independent evaluation: fit per fold, pool all held-out predictions, score once."""

import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from ..result import SCHEMA, SCHEMA_VERSION, Result
from ..table import FeatureTable
from ..versions import library_versions
from .audit import audit
from .calibration import is_calibrated
from .choices import choices_of_fold, said_of_choices, steps_of
from .folds import check_protocol, plan_folds, work_folds
from .plain import plain
from .sentences import sentences_of
from .speaker_norm import is_speaker_normalised
from .speakers import speakers_of
from .split_file import split_hash
from .splits import describe_split, make_splitter

_LIBRARIES = ("scikit-learn", "imbalanced-learn", "numpy", "scipy", "pandas")
_TRACK_NOTES = {
    "blind": "Nothing was known of a test speaker beyond the clip itself.",
    "speaker-normalised": (
        "Transductive: each test speaker was normalised by all of their own unlabelled test clips. "
        "The score holds only where that many clips of a new speaker are at hand."
    ),
}


def evaluate(
    table: FeatureTable,
    pipeline,
    *,
    folds="auto",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Score a pipeline on speakers it has not heard.

    Parameters
    ----------
    table : FeatureTable
        Rows that are not ``ok``, or lack speaker or emotion, are left out and counted.
    pipeline : estimator
        From :func:`make_pipeline`, or any scikit-learn classifier that takes NaN or imputes it. Clones of it are
        fitted on training clips only.
    folds : str or int or splitter
        ``"auto"``: leave one speaker out up to 24 speakers, else grouped stratified 10-fold. More in
        :func:`prosody_ser.learn.splits.make_splitter`; folds of a file come from
        :func:`prosody_ser.learn.split_file.read_split`.
    seed : int
        Seed of the assignment to folds (the model's own seed is set in the pipeline).
    n_jobs : int
        Processes. The result is the same to the byte with any number.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Result
        With UAR (unweighted average recall), accuracy and macro F1 pooled over all held-out predictions: the
        mean over folds would break where a speaker lacks a class. Under ``audit`` what the leak audit of the table
        and the folds found (:func:`prosody_ser.learn.audit.audit`).

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist.
    """
    X, y = check_protocol(table)
    labels = sorted(y.unique())
    splitter = make_splitter(folds, len(set(speakers_of(X))), seed)
    work = partial(_said_of_held_out, labels=labels)
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        planned = plan_folds(X, y, pipeline, splitter, seed)
        for of_clips in work_folds(X, y, pipeline, planned, work, n_jobs=n_jobs):
            said.append(of_clips)
            if progress is not None:
                progress(len(said), len(planned))
    # One row a prediction: each clip once, in the order of the table; that again for each repeat.
    rows = np.concatenate([fold.test for fold in planned])
    fold_of = np.repeat(np.arange(len(planned)), [len(fold.test) for fold in planned])
    repeat = pd.Series(rows).groupby(rows).cumcount().to_numpy()
    order = np.lexsort([rows, repeat])
    rows, fold_of, repeat = rows[order], fold_of[order], repeat[order]
    (*_, kind), choices, *of_rows = zip(*said, strict=True)
    predicted, scores = (np.concatenate(parts)[order] for parts in of_rows)
    truth = y.to_numpy(dtype=object)[rows]
    speakers = speakers_of(X)[rows]
    protocol = _protocol(table, pipeline, seed, _fold_facts(planned, X, splitter), kind) | {
        "split": describe_split(splitter, planned, X),
        "split_hash": split_hash(table, planned),
        "split_file": getattr(splitter, "source", None),
        "n_repeats": int(repeat.max()) + 1,
        "warnings": _counted(caught),
    }
    data = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        **_overall(truth, predicted, labels),
        "notice": table.notice,
        "labels": labels,
        "n_clips": len(set(rows)),
        "n_speakers": len(set(speakers)),
        "protocol": protocol,
        "per_class": _per_class(truth, predicted, labels),
        "per_speaker": {
            speaker: _overall(truth[speakers == speaker], predicted[speakers == speaker])
            | {"n_clips": len(set(rows[speakers == speaker]))}
            for speaker in sorted(set(speakers))
        },
        "confusion": {"labels": labels, "counts": confusion_matrix(truth, predicted, labels=labels).tolist()},
        "audit": [finding.data for finding in audit(table, planned)],
        "clips": _clips(X.iloc[rows], truth, predicted, fold_of, repeat, scores, labels),
        **said_of_choices(pipeline, choices, list(X.columns)),
    }
    return Result(data)


def _said_of_held_out(fold, held_out, labels):
    """Kind of the scores, what the fold chose, predicted labels and scores of its test clips."""
    predicted = fold.pipeline.predict(held_out)
    kind, scores = _class_scores(fold.pipeline, held_out, labels)
    return kind, choices_of_fold(fold.pipeline), np.asarray(predicted, dtype=object), scores


def _fold_facts(planned, X, splitter):
    speakers = speakers_of(X)
    facts = []
    for number, fold in enumerate(planned):
        fact = {
            "fold": number,
            "test_speakers": sorted(set(speakers[fold.test])),
            "n_train": len(fold.train),
            "n_test": len(fold.test),
        }
        if getattr(splitter, "sentence_disjoint", False):
            fact["test_sentences"] = sorted(set(sentences_of(X)[fold.test]))
        if len(fold.validation):
            fact["validation_speakers"] = sorted(set(speakers[fold.validation]))
            fact["n_validation"] = len(fold.validation)
        facts.append(fact)
    return facts


def _overall(truth, predicted, labels=None):
    """UAR and macro F1 over the classes that occur in `truth` (or over `labels`), and accuracy."""
    labels = sorted(set(truth)) if labels is None else labels
    _, recall, f1, _ = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0.0)
    return {
        "uar": float(recall.mean()),
        "accuracy": float(accuracy_score(truth, predicted)),
        "macro_f1": float(f1.mean()),
    }


def _per_class(truth, predicted, labels):
    columns = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=np.nan)
    return {
        label: {
            "precision": None if np.isnan(precision) else float(precision),  # never predicted: undefined
            "recall": float(recall),
            "f1": float(f1),
            "support": int(support),
        }
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
    }


def _class_scores(pipeline, X, labels):
    """What the model says of each class, in the order of `labels`: margins or probabilities."""
    for kind in ("predict_proba", "decision_function"):
        if hasattr(pipeline, kind):
            values = np.asarray(getattr(pipeline, kind)(X), dtype=float)
            if values.ndim == 1:  # two classes: one margin, positive for the second
                values = np.column_stack([-values, values])
            position = [list(pipeline.classes_).index(label) for label in labels]
            return kind, values[:, position]
    return "none", np.full((len(X), len(labels)), np.nan)


def _clips(X, truth, predicted, fold_of, repeat, scores, labels):
    columns = X.index.to_frame(index=False)
    rows = []
    for i, place in enumerate(columns.to_dict("records")):
        given = {label: float(score) for label, score in zip(labels, scores[i], strict=True) if np.isfinite(score)}
        rows.append(
            {key: value if value == value else None for key, value in place.items()}
            | {"emotion": truth[i], "predicted": predicted[i], "fold": int(fold_of[i])}
            | {"repeat": int(repeat[i]), "scores": given}
        )
    return rows


def _protocol(table, pipeline, seed, fold_facts, kind) -> dict[str, Any]:
    track = "speaker-normalised" if is_speaker_normalised(pipeline) else "blind"
    return {
        "folds": fold_facts,
        "track": track,
        "track_note": _TRACK_NOTES[track],
        "steps": [
            {"name": name, "estimator": type(step).__name__, "parameters": plain(parameters)}
            for name, step, parameters in steps_of(pipeline)
        ],
        "fitted_on": "every step on the training clips of its fold only",
        "metric": "pooled over all held-out predictions",
        "score_kind": {"predict_proba": "probability", "decision_function": "margin"}.get(kind, kind),
        "scores_calibrated": is_calibrated(pipeline),
        "seed": seed,
        "corpora": sorted(set(table.frame["corpus"]) - {""}),
        "feature_set": table.about.get("feature_set"),
        "n_features": len(table.feature_names),
        "features": list(table.feature_names),
        "left_out": table.left_out,
        "extraction": {key: table.about.get(key) for key in ("parameters", "versions")},
        "versions": library_versions(*_LIBRARIES),
    }


def _counted(caught) -> dict[str, int]:
    """How often each warning was given while fitting and predicting, by its text."""
    return dict(Counter(f"{type(w.message).__name__}: {' '.join(str(w.message).split())}" for w in caught))
