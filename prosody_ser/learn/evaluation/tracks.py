"""What was known of a test speaker when they were judged: the tracks, which are never mixed."""

from typing import Any

import numpy as np

from ...errors import chosen
from ..preprocessing.speaker_norm import SPEAKER_NORMS, speaker_norm_of
from ..speakers.tied import MUCH_LOST
from ..splits.evaluation_plan import EvaluationPlan

_NOTES = {
    "none": "Nothing was known of a test speaker beyond the clip itself.",
    "speaker": (
        "Transductive: each test speaker was normalised by all of their own unlabelled test clips. "
        "The score holds only where that many clips of a new speaker are at hand."
    ),
    "enrol": (
        "Each speaker, of training and test alike, was normalised by {n} of their clips, chosen beforehand by seed, "
        "labels unseen. A test speaker's are neither trained on nor scored; every other clip was judged by itself."
    ),
}
#: Follows the note.
_LOST = (
    " WARNING: these speakers differ in which emotions they have, so that normalising them takes away {lost:.0%} of "
    "what tells the emotions apart. Compare this score with that of the blind track, which may be much higher."
)


def track_of(pipeline: Any) -> str:
    """The track that a score of this pipeline belongs to."""
    return SPEAKER_NORMS[speaker_norm_of(pipeline)]


def track_note(pipeline: Any, plan: EvaluationPlan) -> str:
    """What that means, in words, and a warning where normalising takes away much of the emotion."""
    note = _NOTES[speaker_norm_of(pipeline)].format(n=plan.enrol_clips)
    lost = plan.emotion_lost(pipeline)
    return note if lost < MUCH_LOST else note + _LOST.format(lost=lost)


def wanted_norms(names: str) -> list[str]:
    """Ways of speaker normalisation from a comma list (``"none,speaker,enrol"``; ``both`` is ``none,speaker``).

    Each once, in the order of :data:`prosody_ser.learn.preprocessing.speaker_norm.SPEAKER_NORMS`: blind is the main
    result wherever it is among them.
    """
    wanted = {name.strip() for name in names.replace("both", "none,speaker").split(",")}
    for name in wanted:
        chosen("speaker-norm", name, SPEAKER_NORMS, ", both, or several with commas")
    return [name for name in SPEAKER_NORMS if name in wanted]


def clips_of_speaker(pipeline: Any, plan: EvaluationPlan) -> dict[str, Any] | None:
    """How many clips of a test speaker their normalisation used; None if it used none."""
    norm = speaker_norm_of(pipeline)
    if norm == "none":
        return None
    if norm == "enrol":
        return {"least": plan.enrol_clips, "median": float(plan.enrol_clips), "most": plan.enrol_clips}
    used = np.concatenate([np.unique(plan.speakers[fold.test], return_counts=True)[1] for fold in plan.folds])
    return {"least": int(used.min()), "median": float(np.median(used)), "most": int(used.max())}
