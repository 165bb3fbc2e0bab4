"""Rows as a model's speaker normalisation leaves them: the transformer that the evaluation had, and nothing else.

=============  =============================================================================================
model          what sets a new speaker's zero (and scale)
=============  =============================================================================================
blind          nothing: each row is judged by itself
``enrol``      their enrolment clips alone; each other row is judged by itself
``speaker``    without enrolment clips, all their rows of the call (two or more); with enrolment clips, these
               and the one row to be judged, so that what is said of it does not depend on the others
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
    """The rows to be judged, normalised, without the enrolment clips; and the rest of the pipeline, which takes them.

    Of clips that are read frame by frame the rows are :class:`SequenceRows`.

    X is as :meth:`TrainedModel.columns_of` gives it; enrolment clips are marked in its index
    (:func:`prosody_ser.learn.speakers.enrolment.with_enrolment`).

    Raises
    ------
    ProtocolError
        If too little is known of a speaker.
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
    found = []
    for row in judged:
        own = np.flatnonzero(enrolled & (speakers == speakers[row]))
        if not own.size:
            raise ProtocolError(f"speaker {speakers[row]} has no enrolment clip among these rows")
        together = np.append(own, row)
        found.append(taken(step.transform(taken(rows, together)), np.array([len(own)])))
    if not found:
        return taken(rows, judged)
    return joined(found) if isinstance(rows, SequenceRows) else np.concatenate(found)
