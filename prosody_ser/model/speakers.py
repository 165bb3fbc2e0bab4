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
from ..learn.speakers.enrolment import enrolment_of
from ..learn.speakers.names import speakers_of
from .trained_model import TrainedModel

NORM = "speaker_norm"
BLIND, ALL_CLIPS, ENROLMENT = "none", "speaker", "enrol"


def norm_of(model: TrainedModel) -> str:
    """How a model normalises speakers: none, speaker or enrol."""
    step = model.pipeline.named_steps.get(NORM)
    if step is None:
        return BLIND
    return ENROLMENT if step.clips == "enrol" else ALL_CLIPS


def after_speakers(model: TrainedModel, X: pd.DataFrame) -> tuple[Any, Any]:
    """The rows to be judged, normalised, without the enrolment clips; and the pipeline from the imputer on.

    X is as :meth:`TrainedModel.columns_of` gives it; enrolment clips are marked in its index
    (:func:`prosody_ser.learn.speakers.enrolment.with_enrolment`).

    Raises
    ------
    ProtocolError
        If too little is known of a speaker.
    """
    judged = np.flatnonzero(~enrolment_of(X))
    norm = norm_of(model)
    if norm == BLIND:
        return X.iloc[judged], model.pipeline
    step, rest = model.pipeline.named_steps[NORM], model.pipeline[1:]
    if norm == ENROLMENT:
        return step.transform(X)[judged], rest
    if judged.size == len(X):
        model.check_speakers(X)
        return step.transform(X), rest
    return _each_with_enrolment(step, X, judged), rest


def _each_with_enrolment(step: Any, X: pd.DataFrame, judged: np.ndarray) -> np.ndarray:
    speakers, enrolled = speakers_of(X), enrolment_of(X)
    found = np.empty((judged.size, X.shape[1]))
    for i, row in enumerate(judged):
        own = np.flatnonzero(enrolled & (speakers == speakers[row]))
        if not own.size:
            raise ProtocolError(f"speaker {speakers[row]} has no enrolment clip among these rows")
        found[i] = step.transform(X.iloc[[*own, row]])[-1]
    return found
