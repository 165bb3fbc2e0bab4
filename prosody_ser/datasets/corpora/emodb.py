"""EMO-DB, the Berlin Database of Emotional Speech: ``03a01Fa.wav`` is speaker 03, text a01, F for joy, take a."""

import re

from ..corpus import Corpus, parse_by_name, stem

EMOTIONS = {
    "W": "anger",  # Wut
    "L": "boredom",  # Langeweile
    "E": "disgust",  # Ekel
    "A": "fear",  # Angst
    "F": "happiness",  # Freude
    "T": "sadness",  # Trauer
    "N": "neutral",
}
#: Sex and age of each speaker, from the documentation of the corpus.
SPEAKERS: dict[str, tuple[str, float]] = {
    "03": ("male", 31),
    "08": ("female", 34),
    "09": ("female", 21),
    "10": ("male", 32),
    "11": ("male", 26),
    "12": ("male", 30),
    "13": ("female", 32),
    "14": ("female", 35),
    "15": ("male", 25),
    "16": ("female", 31),
}
_NAME = re.compile(r"(?P<speaker>\d\d)(?P<sentence>[ab]\d\d)(?P<label>[WLEAFTN])(?P<take>[a-z])", re.ASCII)


CORPUS = Corpus(
    name="emodb",
    example="03a01Fa.wav",
    title="EMO-DB, Berlin Database of Emotional Speech (535 clips, 10 actors, German)",
    citation=(
        "Burkhardt, F., Paeschke, A., Rolfes, M., Sendlmeier, W. F. & Weiss, B. (2005). "
        "A database of German emotional speech. Proc. Interspeech, 1517-1520."
    ),
    licence="CC0 1.0 (Zenodo release); freely available before that",
    url="http://emodb.bilderbar.info",
    languages=("de",),
    emotions=EMOTIONS,
    parse=parse_by_name(_NAME, SPEAKERS, EMOTIONS, "de"),
    n_clips=535,
    speakers=SPEAKERS,
    clip_name=stem,
)
