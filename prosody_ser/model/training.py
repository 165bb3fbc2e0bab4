"""Train a model from a table and a pipeline, with its score, its abstention threshold and its novelty estimate."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from ..errors import ModelError, ProtocolError
from ..learn.classifiers.calibration import SpeakerCalibratedClassifier
from ..learn.classifiers.registry import MODELS
from ..learn.evaluation.evaluate import evaluate
from ..learn.evaluation.protocol import described_copies, described_steps, extraction_of, versions_with
from ..learn.pipeline import make_tuned_pipeline
from ..learn.preprocessing.speaker_norm import speaker_norm_of
from ..learn.speakers.enrolment import DEFAULT_CLIPS, enrolment_of, mark_enrolment
from ..learn.speakers.names import speakers_of
from ..learn.splits.copies import copies_of
from ..learn.splits.evaluation_plan import table_read_by
from ..learn.splits.grouped import grouped_folds
from ..learn.splits.plan import check_clips, check_protocol
from ..learn.tuning.classifier import SpeakerTunedClassifier
from ..learn.tuning.fits import configured
from ..learn.tuning.unwrap import unwrapped
from ..parallel.one_thread import one_thread
from ..results import Result
from ..tables.feature_table import FeatureTable
from .abstention.confidence import Confidence, HeldOutEvidence, without_nan
from .abstention.novelty import N_QUANTILES, Novelty, Shape, prepared
from .card import (
    ENROLLED,
    EXPRESSED,
    HOLDS_CLIPS,
    NOT_FOR,
    RISK_NOTE,
    SCHEMA,
    SCHEMA_VERSION,
    TRANSDUCTIVE,
    TUNED,
    check_card,
    score_facts,
    training_facts,
)
from .file import check_texts, up_to_scaler
from .file_format.pipeline import decoded, encoded, refuse_unstorable
from .trained_model import TrainedModel

_NOVELTY_FOLDS = 10
_CALIBRATION = (
    "softmax of weighted scores, with weights learned on held-out speakers, divided by a temperature that grows with "
    "the distance from the training speech; calibrated only for speech like the training corpus"
)
_NOVELTY = (
    "Mahalanobis distance (Ledoit-Wolf) in the scaled features, with missing features counted as far away; expressed "
    "as the share of training clips that lie nearer to the clips of other speakers"
)


def train(
    table: FeatureTable,
    pipeline: Any,
    *,
    risk: float | None = None,
    folds: Any = "auto",
    result: Result | None = None,
    enrol_clips: int = DEFAULT_CLIPS,
    notes: Sequence[str] = (),
    seed: int = 0,
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> TrainedModel:
    """Fit a pipeline on all usable rows, and calibrate its confidence on held-out speakers.

    One speaker-independent evaluation provides the score on the card. The scores of its held-out clips provide the
    weights that turn scores into probabilities, and the threshold below which the model abstains.

    Parameters
    ----------
    table : FeatureTable
        Rows that are not ``ok``, or lack speaker or emotion, are left out.
    pipeline : Pipeline
        From :func:`prosody_ser.make_pipeline`; it is not modified. A calibration step is removed, because training
        calibrates the model itself.
    risk : float, optional
        Share of the given labels that may be wrong. The model abstains below the smallest confidence at which this
        holds for held-out speakers (:func:`prosody_ser.model.abstention.threshold.threshold_for`). If None, it abstains
        only for clips beyond its limits (:class:`prosody_ser.model.abstention.limits.Limits`) or without speech.
    folds : str or int or splitter
        Folds of the evaluation; see :func:`prosody_ser.learn.splits.named.make_splitter`.
    result : Result, optional
        An evaluation of the same pipeline on the same table, to use instead of a new one. For a pipeline that
        searches its parameters, a result of `tune`, whose final parameters are used.
    enrol_clips : int
        Number of enrolment clips of each training speaker, as in :func:`evaluate`; used only if the pipeline
        normalises by enrolment clips.
    notes : sequence of str
        Added to the card's notes.
    seed : int
        Seed for the folds and for the draw of enrolment clips.
    n_jobs : int
        Number of processes for the evaluation; it does not change the model.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold of the evaluation.

    Returns
    -------
    TrainedModel

    Raises
    ------
    ProtocolError
        If the table does not allow a speaker-independent score, or `risk` is not from 0 to below 1.
    ModelError
        If the pipeline, a label or a note could not be saved, or `result` belongs to another table or pipeline.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> model = ser.train(table, ser.make_pipeline("lda"), folds=2)
    >>> ser.save_model(model, "model.skops")
    """
    check_clips(table)
    if risk is not None and not 0 <= risk < 1:
        raise ProtocolError(f"`risk` must be a share from 0 to below 1 (got {risk:g})")
    pipeline = _uncalibrated(pipeline)
    inner = unwrapped(pipeline)
    refuse_unstorable(inner)
    table = table_read_by(pipeline, table)
    features = tuple(str(name) for name in table.feature_names)
    if table.about.get("plugin"):
        raise ModelError(
            "the table has features of a plugin, whose code cannot be saved in a model file: train on a table without "
            "plugin features"
        )
    X, y = check_protocol(table)
    copies = copies_of(table, X)
    set_name = table.about.get("feature_set") or ""
    check_texts(sorted(set(y)), features, set_name, notes)
    enrolled = speaker_norm_of(pipeline) == "enrol"
    if enrolled:
        X = mark_enrolment(X, enrol_clips, seed)  # the same clips as in the evaluation
    source = "an evaluation while training" if result is None else "a result of 'cv'"
    if result is None:
        result = evaluate(
            table, pipeline, folds=folds, seed=seed, enrol_clips=enrol_clips, n_jobs=n_jobs, progress=progress
        )
    else:
        check_result(result, table, pipeline, enrol_clips if enrolled else None, seed)
    labels = tuple(result.data["labels"])
    held_out = HeldOutEvidence.of(result.data, labels, inner)
    with one_thread():  # BLAS rounds differently on several threads
        rows, named_rows = copies.training(X, y.to_numpy(dtype=object))
        fitted = unwrapped(_searched(pipeline, result).fit(rows, named_rows))
        stored = decoded(encoded(fitted), features, labels)
        novelty, distances = _novelty(X, y, inner, stored, seed)
    confidence = Confidence.of(held_out, table, novelty, distances, risk)
    protocol = result.data["protocol"]
    model_type = type(stored.steps[-1][1])
    normalised = "speaker_norm" in stored.named_steps
    audit = result.data.get("audit", [])
    card = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "model": {
            **_name_of(model_type),
            "type": model_type.__name__,
            "track": protocol["track"],
            "track_note": protocol["track_note"],
            "steps": described_steps(fitted),
            "seed": seed,
        },
        "labels": list(labels),
        "training": training_facts(table),
        "features": _features(table),
        "score": score_facts(result.data, source),
        "calibration": {"weights": confidence.weights.tolist(), "n_clips": len(held_out.clips), "method": _CALIBRATION},
        "abstain": _abstain(confidence, risk),
        "novelty": {"method": _NOVELTY, "n_clips": len(X)},
        "not_for": list(NOT_FOR),
        "notes": [
            *_notes(table, model_type, normalised, enrol_clips if enrolled else None, audit),
            *([TUNED] if isinstance(pipeline, SpeakerTunedClassifier) else []),
            *notes,
        ],
        "made_by": versions_with(inner),
    }
    check_card(card)
    return TrainedModel(
        pipeline=stored,
        labels=labels,
        features=features,
        feature_set=set_name,
        parameters=dict(table.about.get("parameters") or {}),
        weights=tuple(confidence.weights.tolist()),
        threshold=confidence.threshold.threshold,
        risk=None if risk is None else float(risk),
        novelty=novelty,
        card=card,
        limits=confidence.limits,
    )


def check_result(
    result: Result, table: FeatureTable, pipeline: Any, enrol_clips: int | None = None, seed: int = 0
) -> None:
    """Raise a ModelError if a result does not belong to this table and pipeline, or if its scores cannot be used.

    The check compares the clips and their emotions, the features and how they were extracted, every step with its
    parameters, and how enrolment clips were drawn (`enrol_clips` of each speaker, None if the pipeline uses none). It
    cannot compare the values of the features, because a result does not contain them.
    """
    data, protocol = result.data, result.data["protocol"]
    if protocol["scores_calibrated"]:
        raise ModelError("the result's scores are already calibrated: run cv again without --calibrate")
    if protocol["features"] != list(table.feature_names) or protocol["feature_set"] != table.about.get("feature_set"):
        raise ModelError("the result was computed with other features than the table has: run cv again on this table")
    if {"engine": table.engine, **protocol["extraction"]} != extraction_of(table):  # older results name no engine
        raise ModelError(
            "the result was computed on a table that was extracted with other settings: run cv again on this table"
        )
    if protocol.get("augmentation") != described_copies(table).get("augmentation"):
        raise ModelError(
            "the result was computed on a table with other augmented copies, or without any: run cv again on this table"
        )
    X, y = table.X, table.y
    clips = [(*map(without_nan, place), label) for place, label in zip(X.index, y, strict=True)]
    if data["n_clips"] > len(clips) or not set(clips) >= {
        (*(clip[name] for name in X.index.names), clip["emotion"]) for clip in data["clips"]
    }:
        raise ModelError("the result was computed on other clips than the table has: run cv again on this table")
    drawn = protocol.get("enrolment") or {}
    if enrol_clips is not None and (drawn.get("n_clips_of_each"), drawn.get("seed")) != (enrol_clips, seed):
        raise ModelError(
            "the result was computed with other enrolment clips: use the same number of enrolment clips and seed as "
            "the result"
        )
    if protocol["steps"] != json.loads(json.dumps(described_steps(_uncalibrated(pipeline)))):
        raise ModelError(
            "the result was computed with another pipeline "
            f"({' -> '.join(s['estimator'] for s in protocol['steps'])}), other parameters or another seed: use the "
            "same options for both commands"
        )


def tuned_as(result: Result, model: str, *, seed: int = 0, **options: Any) -> SpeakerTunedClassifier:
    """Make a pipeline that searches its parameters as a result of `tune` did; :func:`check_result` verifies this.

    Raises
    ------
    ModelError
        If the result does not state how it searched, or its scores are calibrated.
    """
    if result.data["protocol"]["scores_calibrated"]:
        raise ModelError("the result's scores are already calibrated: run tune again without --calibrate")
    how = next((step["parameters"] for step in result.data["protocol"]["steps"] if step["name"] == "tune"), None)
    if how is None or not result.data["tuning"].get("final"):
        raise ModelError("the result does not contain the parameters that were found on all clips: run tune again")
    return make_tuned_pipeline(
        model,
        search=how["search"],
        space=how["space"] if how["space_name"] == "own" else how["space_name"],
        inner_folds=how["n_folds"],
        n_candidates=how["n_candidates"],
        seed=seed,
        **options,
    )


def _uncalibrated(pipeline: Any) -> Any:
    return pipeline.estimator if isinstance(pipeline, SpeakerCalibratedClassifier) else pipeline


def _searched(pipeline: Any, result: Result) -> Any:
    """An unfitted copy of the pipeline, with the parameters that `tune` found on all clips, if there are any."""
    final = (result.data.get("tuning") or {}).get("final")
    if isinstance(pipeline, SpeakerTunedClassifier) and final:
        return configured(_uncalibrated(pipeline.estimator), final["best"])
    return clone(pipeline)


def _features(table: FeatureTable) -> dict[str, Any]:
    """The card's section about the features."""
    return {
        "feature_set": table.about.get("feature_set") or "",
        "engine": table.engine,
        "n_features": len(table.feature_names),
        "versions": {str(k): str(v) for k, v in (table.about.get("versions") or {}).items()},
    }


def _abstain(confidence: Confidence, risk: float | None) -> dict[str, Any]:
    """The card's section about when the model abstains."""
    return {
        "risk": risk if risk is None else float(risk),
        **asdict(confidence.threshold),
        "limits": {name: value for name, value in asdict(confidence.limits).items() if name != "tails"},
        "beyond_limits": confidence.beyond_limits,
        "coverage_by_confidence": confidence.coverage_by_confidence,
        "note": RISK_NOTE,
    }


def _novelty(X: pd.DataFrame, y: pd.Series, pipeline: Any, stored: Any, seed: int) -> tuple[Novelty, np.ndarray]:
    """Estimate novelty, and the distance of each training clip from the clips of other speakers."""
    speakers = speakers_of(X)
    n_largest = int(y.value_counts().max())
    n_folds = max(2, min(_NOVELTY_FOLDS, np.unique(speakers).size, n_largest))
    fold_of = grouped_folds(y, speakers, n_folds, seed)
    prepare = up_to_scaler(pipeline)
    distances = np.empty(len(X))
    judged = ~enrolment_of(X)
    for number in range(n_folds):
        inside, outside = X[fold_of != number], X[fold_of == number]
        fitted = clone(prepare).fit(inside)
        distances[fold_of == number] = _distances(fitted, inside, outside)
    stored_steps = up_to_scaler(stored)
    quantiles = np.quantile(distances[judged], np.linspace(0, 1, N_QUANTILES))
    shape = Shape.of(*prepared(stored_steps, X))
    return Novelty(shape, np.maximum.accumulate(quantiles), stored_steps), distances


def _distances(prepare: Any, inside: pd.DataFrame, outside: pd.DataFrame) -> np.ndarray:
    return Shape.of(*prepared(prepare, inside)).distances(*prepared(prepare, outside))


def _name_of(model_type: type) -> dict[str, Any]:
    path = f"{model_type.__module__.split('._')[0]}:{model_type.__name__}"
    for name, entry in MODELS.items():
        if entry.estimator.rpartition(":")[2] == model_type.__name__:
            return {"name": name, "title": entry.title}
    return {"name": path, "title": path}


def _notes(
    table: FeatureTable, model_type: type, normalised: bool, enrol_clips: int | None, audit: list[dict[str, Any]]
) -> list[str]:
    notes = [EXPRESSED]
    if enrol_clips is not None:
        notes.append(ENROLLED.format(n=enrol_clips))
    elif normalised:
        notes.append(TRANSDUCTIVE)
    if model_type.__name__ in HOLDS_CLIPS:
        notes.append(HOLDS_CLIPS[model_type.__name__])
    if not table.about.get("feature_set"):
        notes.append(
            "The model's features do not belong to a feature set of this package. It predicts from tables that have "
            "these features, not from recordings."
        )
    # Only the effect of a finding is kept, because its other texts may name people and files.
    findings = {(finding["severity"], finding["check"], finding["effect"]) for finding in audit}
    serious = sorted(finding for finding in findings if finding[0] in ("error", "warning"))
    return notes + [f"Leak audit, {severity} ({check}): {effect}" for severity, check, effect in serious]
