"""The tracks, which state what is known about a test speaker; scores of different tracks are never mixed."""

from typing import Any

import numpy as np

from ...errors import chosen
from ..preprocessing.speaker_norm import SPEAKER_NORMS, speaker_norm_of
from ..speakers.tied import MUCH_LOST
from ..splits.evaluation_plan import EvaluationPlan

_NOTES = {
    "none": "Nothing was known about a test speaker except the clip itself.",
    "speaker": (
        "Transductive: each test speaker was normalised by all of their own unlabelled test clips. "
        "The score holds only if as many clips of a new speaker are available."
    ),
    "enrol": (
        "Each speaker, in training and test, was normalised by {n} of their clips, which were drawn beforehand without "
        "their labels. Those of a test speaker are neither trained on nor scored; every other clip was judged on its "
        "own."
    ),
}
#: Added to the note if normalisation removes much of the difference between emotions.
_LOST = (
    " WARNING: these speakers differ in which emotions they have, so normalising them removes {lost:.0%} of the "
    "difference between the emotions. Compare this score with that of the blind track, which may be much higher."
)


def track_of(pipeline: Any) -> str:
    """The track of this pipeline's scores."""
    return SPEAKER_NORMS[speaker_norm_of(pipeline)]


def track_note(pipeline: Any, plan: EvaluationPlan) -> str:
    """Explain the track, with a warning if normalisation removes much of the difference between emotions."""
    note = _NOTES[speaker_norm_of(pipeline)].format(n=plan.enrol_clips)
    lost = plan.emotion_lost(pipeline)
    return note if lost < MUCH_LOST else note + _LOST.format(lost=lost)


def wanted_norms(names: str) -> list[str]:
    """Parse a comma-separated list of speaker normalisations (``"none,speaker,enrol"``; ``both`` is ``none,speaker``).

    Duplicates are removed, and the order is that of
    :data:`prosody_ser.learn.preprocessing.speaker_norm.SPEAKER_NORMS`, so that blind is the main result if it is in the
    list.
    """
    wanted = named_norms(names)
    return [name for name in SPEAKER_NORMS if name in wanted]


def named_norms(names: str) -> list[str]:
    """Parse a list as :func:`wanted_norms` does, but keep its order."""
    wanted = [name.strip() for name in names.replace("both", "none,speaker").split(",")]
    for name in wanted:
        chosen("speaker-norm", name, SPEAKER_NORMS, ", both, or several separated by commas")
    return list(dict.fromkeys(wanted))


def clips_of_speaker(pipeline: Any, plan: EvaluationPlan) -> dict[str, Any] | None:
    """Numbers of clips of a test speaker that were used for normalisation; None without normalisation."""
    norm = speaker_norm_of(pipeline)
    if norm == "none":
        return None
    if norm == "enrol":
        return {"least": plan.enrol_clips, "median": float(plan.enrol_clips), "most": plan.enrol_clips}
    used = np.concatenate([np.unique(plan.speakers[fold.test], return_counts=True)[1] for fold in plan.folds])
    return {"least": int(used.min()), "median": float(np.median(used)), "most": int(used.max())}
