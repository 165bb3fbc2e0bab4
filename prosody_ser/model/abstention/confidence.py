"""What held-out clips tell about a model's scores: how they become probabilities, and when the model abstains."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ModelError
from ...learn.classifiers.evidence import (
    MARGINS,
    PROBABILITIES,
    decides_by_votes,
    evidence_from,
    fit_weights,
    has_exact,
    probabilities,
)
from ...tables.feature_table import FeatureTable
from .doubts import doubts_of
from .limits import Limits
from .novelty import Novelty
from .speech_check import faults_of_clips
from .threshold import Threshold, threshold_for


@dataclass(frozen=True, eq=False)
class HeldOutEvidence:
    """Evidence for each label and true label of the held-out clips of a result, one repeat after the other."""

    evidence: np.ndarray  #: as from :func:`prosody_ser.learn.classifiers.evidence.evidence_from`
    label: np.ndarray  #: ndarray of int, shape (n_clips,): position of the true label
    clips: list[dict[str, Any]]  #: as under ``clips`` in the result

    @classmethod
    def of(cls, data: dict[str, Any], labels: tuple[str, ...], pipeline: Any) -> "HeldOutEvidence":
        """Take the evidence from the data of a result of this pipeline; a ModelError if it cannot be used."""
        kind = data["protocol"]["score_kind"]
        if kind not in (MARGINS, PROBABILITIES):
            raise ModelError(
                "the model gives neither probabilities nor margins, so its confidence cannot be calibrated: use "
                "another model"
            )
        clips = data["clips"]
        scores = np.array([[clip["scores"].get(label, np.nan) for label in labels] for clip in clips], dtype=float)
        if not np.isfinite(scores).all():
            raise ModelError("the result contains a held-out clip whose scores are not finite")
        evidence = evidence_from(scores, kind, decides_by_votes(pipeline), has_exact(pipeline))
        return cls(evidence, np.array([labels.index(clip["emotion"]) for clip in clips]), clips)

    def rows_of(self, table: FeatureTable) -> np.ndarray:
        """Position of every clip in the table's X, shape (n_clips,)."""
        names = list(table.X.index.names)
        places = {tuple(map(without_nan, place)): row for row, place in enumerate(table.X.index)}
        return np.array([places[tuple(clip[name] for name in names)] for clip in self.clips])


@dataclass(frozen=True, eq=False)
class Confidence:
    """How a model's scores become probabilities, and for which clips it abstains."""

    weights: np.ndarray  #: ndarray of float64, shape (n_kinds,): weight of each kind of evidence
    limits: Limits
    threshold: Threshold
    coverage_by_confidence: float  #: coverage if the model abstained for low confidence only
    beyond_limits: dict[str, float]  #: share of the held-out clips for which it abstains at any confidence, by reason

    @classmethod
    def of(
        cls, held_out: HeldOutEvidence, table: FeatureTable, novelty: Novelty, distances: np.ndarray, risk: float | None
    ) -> "Confidence":
        """Learn the confidence from held-out clips.

        Parameters
        ----------
        held_out : HeldOutEvidence
        table : FeatureTable
            The training clips.
        novelty : Novelty
        distances : ndarray of shape (n_training_clips,)
            Distance of each training clip from the clips of other speakers.
        risk : float or None
            As for :func:`prosody_ser.model.abstention.threshold.threshold_for`.
        """
        rows = held_out.rows_of(table)
        speech_s = table.speech_s[table.usable].to_numpy()
        limits = Limits.of(speech_s)
        temperature = limits.temperature(distances[rows], novelty.usual)
        weights = fit_weights(held_out.evidence, held_out.label, temperature)
        probability = probabilities(held_out.evidence, weights, temperature)
        faults = faults_of_clips(table.X.iloc[rows], [str(name) for name in table.feature_names])
        unlike = novelty.of_distances(distances[rows])
        doubts = doubts_of(probability, 0.0, limits, unlike, speech_s[rows], faults)
        confidence, correct = probability.max(axis=1), probability.argmax(axis=1) == held_out.label
        return cls(
            weights,
            limits,
            threshold_for(risk, confidence, correct, doubts == ""),
            threshold_for(risk, confidence, correct).coverage,
            {reason: float((doubts == reason).mean()) for reason in sorted({*doubts} - {""})},
        )


def without_nan(value: Any) -> Any:
    """Return a value of an index as a result has it: None in place of NaN."""
    return value if value == value else None
