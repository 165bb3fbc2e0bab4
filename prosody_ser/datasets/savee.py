"""SAVEE: ``DC_a01.wav`` or ``DC/a01.wav`` is speaker DC, anger, sentence 1."""

import re
from itertools import product

from .corpus import Corpus, Utterance, each_once

EMOTIONS = {
    "a": "anger",
    "d": "disgust",
    "f": "fear",
    "h": "happiness",
    "n": "neutral",
    "sa": "sadness",
    "su": "surprise",
}
#: Four men; their ages are published as a range only, 27 to 31 years.
SPEAKERS = {name: ("male", float("nan")) for name in ("DC", "JE", "JK", "KL")}
#: Sentences of each emotion.
N_SENTENCES = {label: 30 if label == "n" else 15 for label in EMOTIONS}
_NAME = re.compile(r"(?P<emotion>a|d|f|h|n|sa|su)(?P<sentence>\d\d)", re.ASCII)


def parse(path):
    """The utterance that a path tells, or None."""
    speaker, _, rest = path.stem.rpartition("_")
    name = _NAME.fullmatch(rest)
    speaker = speaker or path.parent.name
    if name is None or speaker not in SPEAKERS or not 1 <= int(name["sentence"]) <= N_SENTENCES[name["emotion"]]:
        return None
    sex, age = SPEAKERS[speaker]
    return Utterance(
        file=str(path),
        speaker=speaker,
        emotion=EMOTIONS[name["emotion"]],
        label=name["emotion"],
        sex=sex,
        age=age,
        language="en",
        sentence=rest,
    )


def complete():
    """Stems of the complete corpus, as in its flat layout."""
    grid = product(SPEAKERS, EMOTIONS)
    return frozenset(f"{who}_{label}{i:02}" for who, label in grid for i in range(1, N_SENTENCES[label] + 1))


CORPUS = Corpus(
    name="savee",
    title="SAVEE, Surrey Audio-Visual Expressed Emotion (480 clips, 4 actors, English)",
    citation=(
        "Haq, S. & Jackson, P. J. B. (2010). Multimodal emotion recognition. In W. Wang (ed.), Machine Audition: "
        "Principles, Algorithms and Systems, IGI Global, 398-423."
    ),
    licence="free for research, on registration",
    url="http://kahlan.eps.surrey.ac.uk/savee/",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    refine=each_once,
    n_clips=480,
    expected=complete,
    speakers=SPEAKERS,
)
