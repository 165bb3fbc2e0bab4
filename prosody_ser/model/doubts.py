"""Why a model does not claim its best guess."""

import numpy as np

from .limits import Limits

NO_SPEECH, NO_VOICE = "no speech found", "no voiced speech found"
SHORT, LONG = "too short", "too long"
UNLIKE = "unlike the training speech"
CLOSE, UNCLEAR = "two emotions are close", "no emotion stands out"
NEVER = "no label reaches the stated risk"
#: Where one of these holds the confidence is no probability: it was calibrated on nothing like it.
BEYOND = (NO_SPEECH, NO_VOICE, SHORT, LONG, UNLIKE)


def doubts_of(
    probabilities: np.ndarray,
    threshold: float,
    limits: Limits | None,
    novelty: np.ndarray,
    speech_s: np.ndarray,
    faults: np.ndarray,
) -> np.ndarray:
    """Of each clip, the first reason that holds of: no speech, too short, too long, novel, not sure; else empty.

    Parameters
    ----------
    probabilities : ndarray of shape (n_clips, n_labels)
    threshold : float
        Confidence below which the model abstains.
    limits : Limits or None
        None for a model that was trained before there were any.
    novelty : ndarray of shape (n_clips,)
    speech_s : ndarray of shape (n_clips,)
        Seconds of speech; NaN where nobody knows.
    faults : ndarray of str, shape (n_clips,)
        From :func:`prosody_ser.model.speech_check.speech_faults`.

    Returns
    -------
    ndarray of str, shape (n_clips,)
    """
    found = np.full(len(probabilities), "", dtype=object)
    ranked = np.sort(probabilities, axis=1)[:, ::-1]
    found[ranked[:, 0] < threshold] = UNCLEAR
    found[(ranked[:, 0] < threshold) & (ranked[:, :2].sum(axis=1) >= threshold)] = CLOSE
    if threshold > 1:
        found[:] = NEVER
    if limits is not None:
        found[novelty > limits.novelty] = UNLIKE
        found[speech_s > (limits.longest_s or np.inf)] = LONG
        found[speech_s < (limits.shortest_s or 0.0)] = SHORT
    return np.where(faults == "", found, faults)
