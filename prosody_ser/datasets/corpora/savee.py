"""SAVEE: ``DC_a01.wav`` or ``DC/a01.wav`` is speaker DC, anger, sentence 1 of that emotion."""

import re
from pathlib import PurePosixPath

from ..corpus import Corpus, Utterance, labelled_clip

EMOTIONS = {
    "a": "anger",
    "d": "disgust",
    "f": "fear",
    "h": "happiness",
    "n": "neutral",
    "sa": "sadness",
    "su": "surprise",
}
#: The speakers are 27 to 31 years old; their individual ages are not published.
SPEAKERS = {speaker: ("male", float("nan")) for speaker in ("DC", "JE", "JK", "KL")}
_NAME = re.compile(r"((?P<speaker>DC|JE|JK|KL)_)?(?P<label>sa|su|[adfhn])(?P<number>\d\d)", re.ASCII)


def parse(path: PurePosixPath) -> Utterance | None:
    """Return the utterance of a file name, with the speaker in the name or in the folder, or None."""
    name = _NAME.fullmatch(path.stem)
    if name is None or not 1 <= int(name["number"]) <= n_sentences(name["label"]):
        return None
    speaker, sentence = name["speaker"] or path.parent.name, name["label"] + name["number"]
    return labelled_clip(path, SPEAKERS, EMOTIONS, speaker, name["label"], language="en", sentence=sentence)


def n_sentences(label: str) -> int:
    """Return the number of sentences of each speaker with a label."""
    return 30 if label == "n" else 15


def expected() -> frozenset[str]:
    """Return the names of the 480 clips, including the speaker."""
    return frozenset(
        f"{speaker}_{label}{number:02d}"
        for speaker in SPEAKERS
        for label in EMOTIONS
        for number in range(1, n_sentences(label) + 1)
    )


CORPUS = Corpus(
    name="savee",
    example="DC_a01.wav",
    title="SAVEE, Surrey Audio-Visual Expressed Emotion (480 clips, 4 male speakers, British English)",
    citation=(
        "Haq, S. & Jackson, P. J. B. (2010). Multimodal emotion recognition. In W. Wang (ed.), Machine Audition: "
        "Principles, Algorithms and Systems, 398-423. IGI Global."
    ),
    licence="free of charge for research, after registration",
    url="http://kahlan.eps.surrey.ac.uk/savee/",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    n_clips=480,
    expected=expected,
    speakers=SPEAKERS,
    clip_name=lambda clip: f"{clip.speaker}_{clip.sentence}",  # with the speaker, as in one of the layouts
    note="Sentences are numbered within each emotion; three of each 15 are common to all, but no name says which.",
)
