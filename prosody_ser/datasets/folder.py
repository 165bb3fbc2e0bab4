"""Any corpus sorted into folders by emotion.

``DIR/<emotion>/<speaker>_....wav``, or ``DIR/<emotion>/<speaker>/....wav``. Where neither names a speaker, the
speaker is left unknown.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from .corpus import Corpus, Utterance


def parse(path: PurePosixPath) -> Utterance | None:
    """The utterance that a path ``<emotion>/[<speaker>/]name`` tells, or None."""
    if len(path.parts) == 3:
        emotion, speaker, _ = path.parts
    elif len(path.parts) == 2:
        emotion = path.parts[0]
        speaker = path.stem.partition("_")[0] if "_" in path.stem else ""
    else:
        return None
    return Utterance(file=str(path), speaker=speaker.strip(), emotion=emotion.strip().lower())


def without_counters(utterances: list[Utterance]) -> list[Utterance]:
    """Take the speakers back if each clip seems to have one of its own.

    ``0001_hello.wav`` numbers clips, not people; taken for speakers they would hide who is in train and test.
    """
    labelled = [u for u in utterances if u.speaker]
    if len(labelled) > 2 and len({u.speaker for u in labelled}) == len(labelled):
        return [replace(u, speaker="") for u in utterances]
    return utterances


CORPUS = Corpus(
    name="folder",
    title="Any recordings sorted as DIR/<emotion>/<speaker>_*.wav or DIR/<emotion>/<speaker>/*.wav",
    citation="your own",
    licence="your own",
    url="-",
    languages=(),
    emotions={},
    parse=parse,
    refine=without_counters,
    note="The folder's name is the label, in lower case. Without a speaker in the path the speaker is unknown.",
)
