"""Speaker normalisation of the rows to be judged, with the same transformer as in the evaluation.

=============  =============================================================================================
model          clips that define a new speaker's mean (and standard deviation)
=============  =============================================================================================
blind          none: each row is judged on its own
``enrol``      the speaker's enrolment clips only; each other row is judged on its own
``speaker``    without enrolment clips, all rows of the speaker in the call (two or more); with enrolment
               clips, these and the row to be judged, so that its result does not depend on the other rows
=============  =============================================================================================
"""

from typing import Any

import numpy as np
import pandas as pd

from ..errors import ProtocolError
from ..learn.preprocessing.sequences.rows import SequenceRows, joined, taken
from ..learn.speakers.enrolment import enrolment_of
from ..learn.speakers.names import speakers_of
from .trained_model import TrainedModel

NORM = "speaker_norm"
BLIND, ALL_CLIPS, ENROLMENT = "none", "speaker", "enrol"


def norm_of(model: TrainedModel) -> str:
    """How a model normalises speakers: none, speaker or enrol."""
    step = model.predictor.named_steps.get(NORM)
    if step is None:
        return BLIND
    return ENROLMENT if step.clips == "enrol" else ALL_CLIPS


def after_speakers(model: TrainedModel, X: pd.DataFrame) -> tuple[Any, Any]:
    """Normalise the rows to be judged, without the enrolment clips; also return the rest of the pipeline.

    For clips that are read frame by frame the rows are :class:`SequenceRows`.

    X is as :meth:`TrainedModel.columns_of` returns it; enrolment clips are marked in its index
    (:func:`prosody_ser.learn.speakers.enrolment.with_enrolment`).

    Raises
    ------
    ProtocolError
        If there are too few clips of a speaker.
    """
    judged = np.flatnonzero(~enrolment_of(X))
    norm, pipeline, rows = norm_of(model), model.predictor, X
    if "read" in pipeline.named_steps:
        rows, pipeline = pipeline[0].transform(X), pipeline[1:]
    if norm == BLIND:
        return taken(rows, judged), pipeline
    step, rest = pipeline.named_steps[NORM], pipeline[1:]
    if norm == ENROLMENT:
        return taken(step.transform(rows), judged), rest
    if judged.size == len(X):
        model.check_speakers(X)
        return step.transform(rows), rest
    return _each_with_enrolment(step, rows, judged), rest


def _each_with_enrolment(step: Any, rows: Any, judged: np.ndarray) -> Any:
    speakers, enrolled = speakers_of(rows), enrolment_of(rows)
    normalised = []
    for row in judged:
        enrolment = np.flatnonzero(enrolled & (speakers == speakers[row]))
        if not enrolment.size:
            raise ProtocolError(f"speaker {speakers[row]} has no enrolment clip among these rows: add at least one")
        together = np.append(enrolment, row)
        normalised.append(taken(step.transform(taken(rows, together)), np.array([len(enrolment)])))
    if not normalised:
        return taken(rows, judged)
    return joined(normalised) if isinstance(rows, SequenceRows) else np.concatenate(normalised)
