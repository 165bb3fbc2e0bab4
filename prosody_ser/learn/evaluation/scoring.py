"""Scores of held-out predictions: over all clips, by emotion, by speaker and by group, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ProtocolError
from ..classifiers.evidence import PROBABILITIES
from ..metrics.fairness import by_group
from ..metrics.intervals import ENOUGH_SPEAKERS, LEAST_SPEAKERS, TOO_FEW, difference_interval, intervals
from ..metrics.reliability import reliability
from ..metrics.scores import confusion, confusion_counts, per_class, plain_scores, scores_of
from ..speakers.enrolment import enrolment_of
from ..splits.evaluation_plan import EvaluationPlan
from .predictions import HeldOut
from .tracks import clips_of_speaker, track_note, track_of


@dataclass(frozen=True, eq=False)
class Scored:
    """Predictions of one or more pipelines for the same clips, counted by speaker."""

    plan: EvaluationPlan
    held_out: list[HeldOut]  #: predictions of each pipeline, the main one first
    kept: np.ndarray  #: ndarray of int, shape (n_scored,): scored predictions, without those for enrolment clips
    row: np.ndarray  #: ndarray of int, shape (n_scored,): positions of the scored predictions in X
    names: np.ndarray  #: ndarray of object, shape (n_speakers,): names of the speakers
    speaker: np.ndarray  #: ndarray of int, shape (n_scored,): position of the speaker in `names`
    truth: np.ndarray  #: ndarray of int, shape (n_scored,): position of the true label in the plan's labels
    predicted: list[np.ndarray]  #: list of ndarray of int, shape (n_scored,): positions of the predicted labels
    counts: list[np.ndarray]  #: list of ndarray of int, shape (n_speakers, n_labels, n_labels)

    @classmethod
    def of(cls, plan: EvaluationPlan, held_out: list[HeldOut], enrolled: bool) -> "Scored":
        """Count predictions; a ProtocolError if all clips of an emotion are enrolment clips."""
        predicted_rows = held_out[0].row
        if enrolled:
            kept = np.flatnonzero(~enrolment_of(plan.marked)[predicted_rows])
        else:
            kept = np.arange(predicted_rows.size)
        row = predicted_rows[kept]
        truth = plan.y.to_numpy(dtype=object)[row]
        lost = set(plan.labels) - set(truth)
        if lost:
            raise ProtocolError(
                f"every clip of {min(lost)} is an enrolment clip: use fewer enrolment clips, or another seed"
            )
        names, speaker = np.unique(plan.speakers[row], return_inverse=True)
        true_label = np.searchsorted(plan.labels, truth)
        predicted = [np.searchsorted(plan.labels, of_pipeline.predicted[kept]) for of_pipeline in held_out]
        shape = len(names), len(plan.labels)
        counts = [confusion_counts(speaker, true_label, label, *shape) for label in predicted]
        return cls(plan, held_out, kept, row, names, speaker, true_label, predicted, counts)

    def main(self, protocol: dict[str, Any], notice: str | None) -> dict[str, Any]:
        """Scores of the main pipeline for a result, with its protocol."""
        plan, counts, held_out = self.plan, self.counts[0], self.held_out[0]
        pooled = counts.sum(axis=0)
        metadata = plan.clips[["sex", "age", "language"]].iloc[self.row].reset_index(drop=True)
        calibrated = held_out.kind == PROBABILITIES
        return {
            **plain_scores(pooled),
            "chance": 1 / len(plan.labels),
            "intervals": intervals(counts),
            "interval_note": few_speakers(len(self.names), len(np.unique(plan.speakers))),
            "notice": notice,
            "labels": plan.labels,
            "n_clips": int(self._n_clips().sum()),
            "n_speakers": len(self.names),
            "protocol": protocol,
            "per_class": per_class(pooled, plan.labels),
            "per_speaker": self._per_speaker(counts),
            "confusion": confusion(pooled, plan.labels),
            "calibration": reliability(self.truth, held_out.scores[self.kept]) if calibrated else None,
            "groups": by_group(metadata, self.speaker, self.truth, self.predicted[0], plan.labels),
        }

    def alongside(self, pipelines: Sequence[Any]) -> dict[str, Any]:
        """Scores of the other pipelines under ``alongside``, each compared with the main one; empty without others."""
        if not pipelines:
            return {}
        pairs = zip(pipelines, self.counts[1:], strict=True)
        return {"alongside": [self._beside(other, counts) for other, counts in pairs]}

    def _beside(self, pipeline: Any, counts: np.ndarray) -> dict[str, Any]:
        plan, pooled, first = self.plan, counts.sum(axis=0), self.counts[0]
        return {
            "track": track_of(pipeline),
            "track_note": track_note(pipeline, plan),
            **plain_scores(pooled),
            "intervals": intervals(counts),
            "per_class": per_class(pooled, plan.labels),
            "per_speaker": self._per_speaker(counts),
            "confusion": confusion(pooled, plan.labels),
            "clips_of_speaker": clips_of_speaker(pipeline, plan),
            "difference_uar": float(scores_of(pooled)["uar"]) - float(scores_of(first.sum(axis=0))["uar"]),
            "difference_interval": difference_interval(counts, first),
        }

    def _n_clips(self) -> np.ndarray:
        """Number of clips of each speaker; a clip counts once, also if it is held out several times."""
        return np.bincount(self.speaker[np.unique(self.row, return_index=True)[1]])

    def _per_speaker(self, counts: np.ndarray) -> dict[str, dict[str, Any]]:
        scores, n_clips = scores_of(counts), self._n_clips()
        return {
            name: {score: float(scores[score][i]) for score in ("uar", "accuracy", "macro_f1")}
            | {"n_clips": int(n_clips[i])}
            for i, name in enumerate(self.names)
        }


def few_speakers(n_speakers: int, n_in_table: int) -> str | None:
    """A note about a score with few test speakers, and what to do; None if there are enough."""
    if n_speakers >= ENOUGH_SPEAKERS:
        return None
    whose = "one speaker" if n_speakers == 1 else f"{n_speakers} speakers"
    why = f"{TOO_FEW}; " if n_speakers < LEAST_SPEAKERS else ""
    if n_in_table >= ENOUGH_SPEAKERS:
        return (
            f"{why}this score holds for {whose} only, although the table has {n_in_table}; use '--folds loso', which "
            "tests each of them"
        )
    return (
        f"{why}this score holds for {whose} only; record more speakers, so that there are at least "
        f"{ENOUGH_SPEAKERS}, or test the model on another corpus with 'prosody-ser cross'"
    )


def described_clips(plan: EvaluationPlan, held_out: HeldOut, kept: np.ndarray) -> list[dict[str, Any]]:
    """Describe each prediction for a result: the clip, its labels and its scores."""
    places = plan.X.index.to_frame(index=False).to_dict("records")
    truth = plan.y.to_numpy(dtype=object)
    rows = []
    for i in kept:
        row, scores = held_out.row[i], zip(plan.labels, held_out.scores[i].tolist(), strict=True)
        rows.append(
            {key: value if value == value else None for key, value in places[row].items()}
            | {"emotion": truth[row], "predicted": held_out.predicted[i], "fold": int(held_out.fold[i])}
            | {"repeat": int(held_out.repeat[i]), "scores": {label: score for label, score in scores if score == score}}
        )
    return rows
