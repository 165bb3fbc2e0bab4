"""Any corpus sorted into folders by emotion.

``DIR/<emotion>/<speaker>_....wav``, or ``DIR/<emotion>/<speaker>/....wav``. Where neither names a speaker, the
speaker is left unknown.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ...errors import CorpusError
from ..corpus import Corpus, Utterance
from ..emotions import common_emotion, known


def parse(path: PurePosixPath) -> Utterance | None:
    """The utterance that a path ``<emotion>/[<speaker>/]name`` tells, or None."""
    if len(path.parts) == 3:
        emotion, speaker, _ = path.parts
    elif len(path.parts) == 2:
        emotion = path.parts[0]
        speaker = path.stem.partition("_")[0] if "_" in path.stem else ""
    else:
        return None
    return Utterance(file=str(path), speaker=speaker.strip(), emotion=common_emotion(emotion), label=emotion)


def checked(utterances: list[Utterance]) -> list[Utterance]:
    """Refuse folders in the other order; take back speakers that are only counters."""
    speakers, labels = {u.speaker for u in utterances} - {""}, {u.label for u in utterances} - {""}
    if speakers and all(map(known, speakers)) and not any(map(known, labels)):
        raise CorpusError(
            f"the folders look like <speaker>/<emotion> ({min(labels)}/{min(speakers)}); "
            "sort the recordings as <emotion>/<speaker>"
        )
    by_name = [u for u in utterances if u.speaker and len(PurePosixPath(u.file).parts) == 2]
    if _are_counters([(u.emotion, u.speaker) for u in by_name]):
        counters = {u.file for u in by_name}
        return [replace(u, speaker="") if u.file in counters else u for u in utterances]
    return utterances


def _are_counters(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether names like ``0001_hello.wav`` number clips, not people. As speakers, they would hide a leak.

    They do if each clip has a token of its own, or if all are numbers and none comes twice within an emotion.
    """
    tokens = {token for _, token in pairs}
    each_its_own = len(tokens) == len(pairs)
    numbers_once = all(token.isdigit() for token in tokens) and len(set(pairs)) == len(pairs)
    return len(pairs) > 2 and (each_its_own or numbers_once)


CORPUS = Corpus(
    name="folder",
    title="Any recordings sorted as DIR/<emotion>/<speaker>_*.wav or DIR/<emotion>/<speaker>/*.wav",
    parse=parse,
    refine=checked,
    note="The folder's name is the label: words for the common emotions are known (happy, angry), others are kept in "
    "lower case. Without a speaker in the path, or where <speaker> only counts clips (001_, 002_ ...), it is unknown.",
)
