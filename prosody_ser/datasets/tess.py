"""TESS: ``OAF_back_angry.wav`` is the older actress saying "Say the word back", angrily.

Quirks of the corpus: two files named .wav are AIFF and one has 96 kHz (decoding goes by content), one is named
``OA_bite_neutral.wav``, and ``ps`` stands for pleasant surprise. Kaggle's download holds every file twice.
"""

import re

from .corpus import Corpus, Utterance, each_once

EMOTIONS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "ps": "surprise",
    "sad": "sadness",
}
SPEAKERS: dict[str, tuple[str, float]] = {"OAF": ("female", 64), "YAF": ("female", 26)}
_NAME = re.compile(r"(?P<speaker>OAF?|YAF)_(?P<word>[A-Za-z]+)_(?P<emotion>[a-z]+)", re.ASCII)


def parse(path):
    """The utterance that a file name tells, or None."""
    name = _NAME.fullmatch(path.stem)
    if name is None or name["emotion"] not in EMOTIONS:
        return None
    speaker = "OAF" if name["speaker"] == "OA" else name["speaker"]
    sex, age = SPEAKERS[speaker]
    return Utterance(
        file=str(path),
        speaker=speaker,
        emotion=EMOTIONS[name["emotion"]],
        label=name["emotion"],
        sex=sex,
        age=age,
        language="en",
        sentence=name["word"].lower(),
    )


CORPUS = Corpus(
    name="tess",
    title="TESS, Toronto Emotional Speech Set (2,800 clips, 2 actresses, English)",
    citation=(
        "Pichora-Fuller, M. K. & Dupuis, K. (2020). Toronto emotional speech set (TESS). Borealis. "
        "https://doi.org/10.5683/SP2/E8H2MF"
    ),
    licence="CC BY-NC-ND 4.0",
    url="https://doi.org/10.5683/SP2/E8H2MF",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    refine=each_once,
    note="Two speakers only: a score that leaves one of them out says little, one that doesn't says nothing. "
    "'ps' is pleasant surprise; OA_bite_neutral is OAF's. A second copy of a file counts once.",
    n_clips=2800,
    speakers=SPEAKERS,
)
