"""The reasons for which a model abstains from its best guess."""

import numpy as np

from .limits import Limits

NO_SPEECH, NO_VOICE = "no speech found", "no voiced speech found"
SHORT, LONG = "too short", "too long"
UNLIKE = "unlike the training speech"
CLOSE, UNCLEAR = "two emotions are close", "no emotion stands out"
NEVER = "no label reaches the stated risk"
#: For clips with one of these reasons the confidence is not a probability, because calibration had no such clips.
BEYOND = (NO_SPEECH, NO_VOICE, SHORT, LONG, UNLIKE)


def doubts_of(
    probabilities: np.ndarray,
    threshold: float,
    limits: Limits | None,
    novelty: np.ndarray,
    speech_s: np.ndarray,
    faults: np.ndarray,
) -> np.ndarray:
    """Reason to abstain for each clip, the first that applies: no speech, too short, too long, novel, not sure.

    Parameters
    ----------
    probabilities : ndarray of shape (n_clips, n_labels)
    threshold : float
        Confidence below which the model abstains.
    limits : Limits or None
        None for a model from a release that had no limits yet.
    novelty : ndarray of shape (n_clips,)
    speech_s : ndarray of shape (n_clips,)
        Seconds of speech; NaN where unknown.
    faults : ndarray of str, shape (n_clips,)
        From :func:`prosody_ser.model.abstention.speech_check.speech_faults`.

    Returns
    -------
    ndarray of str, shape (n_clips,)
        Empty where the model does not abstain.
    """
    # Reasons that take precedence are assigned later.
    reasons = np.full(len(probabilities), "", dtype=object)
    ranked = np.sort(probabilities, axis=1)[:, ::-1]
    reasons[ranked[:, 0] < threshold] = UNCLEAR
    reasons[(ranked[:, 0] < threshold) & (ranked[:, :2].sum(axis=1) >= threshold)] = CLOSE
    if threshold > 1:
        reasons[:] = NEVER
    if limits is not None:
        reasons[novelty > limits.novelty] = UNLIKE
        reasons[speech_s > (limits.longest_s or np.inf)] = LONG
        reasons[speech_s < (limits.shortest_s or 0.0)] = SHORT
    return np.where(faults == "", reasons, faults)
