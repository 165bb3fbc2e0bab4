"""What held-out predictions are worth: scores over all clips, by emotion, speaker and group, with their intervals."""

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
    held_out: list[HeldOut]  #: of each pipeline, the main one first
    #: ndarray of int, shape (n_scored,): which predictions are scored: all but those for enrolment clips
    kept: np.ndarray
    row: np.ndarray  #: ndarray of int, shape (n_scored,): their positions in X
    names: np.ndarray  #: ndarray of object, shape (n_speakers,)
    #: `speaker`, `truth`: ndarray of int, shape (n_scored,): positions in `names` and in the plan's labels
    speaker: np.ndarray
    truth: np.ndarray
    predicted: list[np.ndarray]  #: list of ndarray of int, shape (n_scored,)
    counts: list[np.ndarray]  #: list of ndarray of int, shape (n_speakers, n_labels, n_labels)

    @classmethod
    def of(cls, plan: EvaluationPlan, held_out: list[HeldOut], enrolled: bool) -> "Scored":
        """Count predictions; refused if all clips of an emotion are enrolment clips."""
        said_of = held_out[0].row
        kept = np.flatnonzero(~enrolment_of(plan.marked)[said_of]) if enrolled else np.arange(said_of.size)
        row = said_of[kept]
        truth = plan.y.to_numpy(dtype=object)[row]
        lost = set(plan.labels) - set(truth)
        if lost:
            raise ProtocolError(f"every clip of {min(lost)} is an enrolment clip: take fewer, or another seed")
        names, speaker = np.unique(plan.speakers[row], return_inverse=True)
        true_label = np.searchsorted(plan.labels, truth)
        predicted = [np.searchsorted(plan.labels, one.predicted[kept]) for one in held_out]
        shape = len(names), len(plan.labels)
        counts = [confusion_counts(speaker, true_label, label, *shape) for label in predicted]
        return cls(plan, held_out, kept, row, names, speaker, true_label, predicted, counts)

    def main(self, protocol: dict[str, Any], notice: str | None) -> dict[str, Any]:
        """Scores of the first pipeline, as a result holds them, its protocol among them."""
        plan, counts, said = self.plan, self.counts[0], self.held_out[0]
        pooled = counts.sum(axis=0)
        metadata = plan.clips[["sex", "age", "language"]].iloc[self.row].reset_index(drop=True)
        calibrated = said.kind == PROBABILITIES
        return {
            **plain_scores(pooled),
            "chance": 1 / len(plan.labels),
            "intervals": intervals(counts),
            "interval_note": _few_speakers(len(self.names)),
            "notice": notice,
            "labels": plan.labels,
            "n_clips": int(self._n_clips().sum()),
            "n_speakers": len(self.names),
            "protocol": protocol,
            "per_class": per_class(pooled, plan.labels),
            "per_speaker": self._per_speaker(counts),
            "confusion": confusion(pooled, plan.labels),
            "calibration": reliability(self.truth, said.scores[self.kept]) if calibrated else None,
            "groups": by_group(metadata, self.speaker, self.truth, self.predicted[0], plan.labels),
        }

    def alongside(self, pipelines: Sequence[Any]) -> dict[str, Any]:
        """Scores of the other pipelines under ``alongside``, each against the first; nothing if there are none."""
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
        """Clips of each speaker, each once however often it is held out."""
        return np.bincount(self.speaker[np.unique(self.row, return_index=True)[1]])

    def _per_speaker(self, counts: np.ndarray) -> dict[str, dict[str, Any]]:
        found, n_clips = scores_of(counts), self._n_clips()
        return {
            name: {score: float(found[score][i]) for score in ("uar", "accuracy", "macro_f1")}
            | {"n_clips": int(n_clips[i])}
            for i, name in enumerate(self.names)
        }


def _few_speakers(n_speakers: int) -> str | None:
    """What a score of few speakers is worth, and what to do; None if they are enough."""
    if n_speakers >= ENOUGH_SPEAKERS:
        return None
    whose = "one speaker" if n_speakers == 1 else f"{n_speakers} speakers"
    why = f"{TOO_FEW}: " if n_speakers < LEAST_SPEAKERS else ""
    return (
        f"{why}this score holds for {whose} only; add recordings of more speakers ({ENOUGH_SPEAKERS} or more), or "
        "test the model on another corpus with 'prosody-ser cross'"
    )


def described_clips(plan: EvaluationPlan, said: HeldOut, kept: np.ndarray) -> list[dict[str, Any]]:
    """Each prediction with the clip's place and scores, as a result holds them."""
    places = plan.X.index.to_frame(index=False).to_dict("records")
    truth = plan.y.to_numpy(dtype=object)
    rows = []
    for i in kept:
        scores = zip(plan.labels, said.scores[i].tolist(), strict=True)
        rows.append(
            {key: value if value == value else None for key, value in places[said.row[i]].items()}
            | {"emotion": truth[said.row[i]], "predicted": said.predicted[i], "fold": int(said.fold[i])}
            | {"repeat": int(said.repeat[i]), "scores": {label: score for label, score in scores if score == score}}
        )
    return rows
