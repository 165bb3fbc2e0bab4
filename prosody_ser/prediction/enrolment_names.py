"""Notes on enrolment clips whose names or folders show several speakers, or a single emotion."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from ..datasets import Utterance, find_all
from ..datasets.emotions import is_emotion
from ..errors import CorpusError, listed

#: Largest number of speakers that a note names.
_NAMED = 3


def notes_on_enrolment(paths: Sequence[str]) -> Iterator[str]:
    """Yield notes for the user on the speakers and emotions of enrolment clips, where their names show them.

    Parameters
    ----------
    paths : sequence of str
        Paths of the clips. All must be of one person, because the speaker is normalised by them together.

    Yields
    ------
    str
    """
    clips = _labelled(paths)
    speakers = sorted({clip.speaker for clip in clips if clip.speaker})
    if len(speakers) > 1:
        yield (
            f"the names of the enrolment clips show {len(speakers)} speakers ({listed(speakers, _NAMED)}), but all "
            "clips must be of the person who speaks in the recordings; name a folder with clips of this person only"
        )
    emotions = {clip.emotion for clip in clips}
    if len(clips) == len(paths) > 1 and len(emotions) == 1:
        yield f"all enrolment clips are of {emotions.pop()}; clips of mixed emotions work better"


def _labelled(paths: Sequence[str]) -> list[Utterance]:
    """Return the clips that are named as in a known corpus, or else those in folders of known emotions."""
    paths = [os.path.abspath(path) for path in paths if os.path.isfile(path)]
    with suppress(CorpusError):  # names and folders show nothing
        known = [clip for content in find_all(paths) for clip in content.utterances if clip.emotion]
        if known:
            return known
        sorted_by_emotion = find_all(paths, "folder")
        return [clip for content in sorted_by_emotion for clip in content.utterances if is_emotion(clip.emotion)]
    return []
