"""Speaker-independent evaluation: fit per fold, pool all held-out predictions, score once."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError
from ...results import Result
from ...results.evaluation import SCHEMA, SCHEMA_VERSION
from ...tables.feature_table import FeatureTable
from ..audit import audit
from ..metrics.fairness import by_group
from ..metrics.intervals import LEAST_SPEAKERS, TOO_FEW, difference_interval, intervals
from ..metrics.reliability import reliability
from ..metrics.scores import confusion, confusion_counts, per_class, plain_scores, scores_of
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.enrolment import DEFAULT_CLIPS, enrolment_of, mark_enrolment
from ..speakers.names import speakers_of
from ..splits.plan import check_normalisable, check_protocol, plan_folds
from ..splits.split_file import split_hash
from ..splits.splitters import describe_split, make_splitter
from .choices import said_of_choices
from .predictions import predict_held_out
from .protocol import counted, describe_folds, describe_protocol
from .tracks import clips_of_speaker, track_note, track_of


def evaluate(
    table: FeatureTable,
    pipeline,
    *,
    folds="auto",
    seed: int = 0,
    alongside: Sequence[Any] = (),
    enrol_clips: int = DEFAULT_CLIPS,
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
        :func:`prosody_ser.learn.splits.splitters.make_splitter`; folds of a file come from
        :func:`prosody_ser.learn.splits.split_file.read_split`.
    seed : int
        Seed of the assignment to folds, of the resamples and of the enrolment clips (the model's own seed is set in
        the pipeline).
    alongside : sequence of estimator
        The pipeline with other speaker normalisations: scored on the same folds and the same clips, and told apart.
    enrol_clips : int
        Enrolment clips of each speaker, where one of the pipelines takes such
        (:func:`prosody_ser.learn.speakers.enrolment.mark_enrolment`). They are left out of the scoring of all of them.
    n_jobs : int
        Processes. The result is the same to the byte with any number.
    progress : callable, optional
        Called as ``progress(done, total)`` after each fold.

    Returns
    -------
    Result
        With UAR (unweighted average recall), accuracy, macro and weighted F1 pooled over all held-out predictions: the
        mean over folds would break where a speaker lacks a class. With intervals over speakers from 6 speakers on,
        scores by emotion, speaker and group of speakers, and how far probabilities are to be believed. Under ``audit``
        what the leak audit of the table and the folds found (:func:`prosody_ser.learn.audit.audit`). Every field is
        described in ``result.schema.json``.

    Raises
    ------
    ProtocolError
        If a speaker-independent score of this table cannot exist.
    """
    plain_X, y = check_protocol(table)
    pipelines = [pipeline, *alongside]
    enrolled = any(speaker_norm_of(one) == "enrol" for one in pipelines)
    X = mark_enrolment(plain_X, enrol_clips, seed) if enrolled else plain_X
    speakers = speakers_of(X)
    labels = sorted(y.unique())
    splitter = make_splitter(folds, len(set(speakers)), seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        planned = plan_folds(plain_X, y, None, splitter, seed)
        for one in pipelines:
            check_normalisable(X, one, planned)
        fold_facts = describe_folds(planned, X, splitter, ~enrolment_of(X))
        done = _counter(progress, len(planned) * len(pipelines))
        said = [
            # Marks only where they are read: they bring clips along from outside a test part.
            predict_held_out(
                X if speaker_norm_of(one) == "enrol" else plain_X, y, one, planned, labels, n_jobs=n_jobs, done=done
            )
            for one in pipelines
        ]
    main = said[0]
    scored = ~enrolment_of(X)[main.row]
    row, names = main.row[scored], speakers[main.row[scored]]
    truth = y.to_numpy(dtype=object)[row]
    lost = set(labels) - set(truth)
    if lost:
        raise ProtocolError(f"every clip of {min(lost)} is an enrolment clip: take fewer, or another seed")
    speaker_names, speaker = np.unique(names, return_inverse=True)
    true_label = np.searchsorted(labels, truth)
    shape = len(speaker_names), len(labels)
    predicted = [np.searchsorted(labels, one.predicted[scored]) for one in said]
    counts = [confusion_counts(speaker, true_label, label, *shape) for label in predicted]
    n_clips = np.bincount(speaker[np.unique(row, return_index=True)[1]])
    metadata = table.frame.loc[table.usable, ["sex", "age", "language"]].iloc[row].reset_index(drop=True)
    protocol = describe_protocol(table, pipeline, seed, main.kind) | {
        "folds": fold_facts,
        "track": track_of(pipeline),
        "track_note": track_note(pipeline, enrol_clips),
        "clips_of_speaker": clips_of_speaker(pipeline, X, planned, enrol_clips),
        "enrolment": _enrolment(X, enrol_clips, seed) if enrolled else None,
        "split": describe_split(splitter, planned, plain_X),
        "split_hash": split_hash(table, planned),
        "split_file": getattr(splitter, "source", None),
        "n_repeats": int(main.repeat.max()) + 1,
        "warnings": counted(caught),
    }
    data = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        **plain_scores(counts[0].sum(axis=0)),
        "chance": 1 / len(labels),
        "intervals": intervals(counts[0], seed),
        "interval_note": TOO_FEW if len(speaker_names) < LEAST_SPEAKERS else None,
        "notice": table.notice,
        "labels": labels,
        "n_clips": int(n_clips.sum()),
        "n_speakers": len(speaker_names),
        "protocol": protocol,
        "per_class": per_class(counts[0].sum(axis=0), labels),
        "per_speaker": _per_speaker(counts[0], speaker_names, n_clips),
        "confusion": confusion(counts[0].sum(axis=0), labels),
        "calibration": reliability(true_label, main.scores[scored]) if main.kind == "predict_proba" else None,
        "groups": by_group(metadata, speaker, true_label, predicted[0], labels, seed),
    }
    if alongside:
        data["alongside"] = [
            {
                "track": track_of(other),
                "track_note": track_note(other, enrol_clips),
                **plain_scores(own.sum(axis=0)),
                "intervals": intervals(own, seed),
                "per_class": per_class(own.sum(axis=0), labels),
                "per_speaker": _per_speaker(own, speaker_names, n_clips),
                "confusion": confusion(own.sum(axis=0), labels),
                "clips_of_speaker": clips_of_speaker(other, X, planned, enrol_clips),
                "difference_uar": float(scores_of(own.sum(axis=0))["uar"]) - data["uar"],
                "difference_interval": difference_interval(own, counts[0], seed),
            }
            for other, own in zip(alongside, counts[1:], strict=True)
        ]
    data["audit"] = [finding.data for finding in audit(table, planned)]
    data |= said_of_choices(pipeline, main.choices, list(X.columns))
    data["clips"] = _clips(plain_X, labels, truth, main, np.flatnonzero(scored))
    return Result(data)


def _counter(progress, total):
    """Call `progress` with one more at each call."""
    if progress is None:
        return None
    so_far = 0

    def done():
        nonlocal so_far
        so_far += 1
        progress(so_far, total)

    return done


def _enrolment(X, n_clips, seed):
    return {
        "n_clips_of_each": n_clips,
        "n_clips": int(enrolment_of(X).sum()),
        "seed": seed,
        "chosen": "at random among each speaker's original clips, labels unseen",
    }


def _per_speaker(counts, names, n_clips):
    found = scores_of(counts)
    return {
        name: {score: float(found[score][i]) for score in ("uar", "accuracy", "macro_f1")}
        | {"n_clips": int(n_clips[i])}
        for i, name in enumerate(names)
    }


def _clips(X: pd.DataFrame, labels, truth, said, chosen):
    """Each prediction with the clip's place and scores."""
    places = X.index.to_frame(index=False).to_dict("records")
    rows = []
    for i, emotion in zip(chosen, truth, strict=True):
        scores = zip(labels, said.scores[i].tolist(), strict=True)
        rows.append(
            {key: value if value == value else None for key, value in places[said.row[i]].items()}
            | {"emotion": emotion, "predicted": said.predicted[i], "fold": int(said.fold[i])}
            | {"repeat": int(said.repeat[i]), "scores": {label: score for label, score in scores if score == score}}
        )
    return rows
