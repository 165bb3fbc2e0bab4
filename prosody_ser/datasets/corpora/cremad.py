"""CREMA-D: ``1001_IEO_ANG_HI.wav`` is actor-sentence-emotion-level."""

import re

from ..corpus import Corpus, Utterance, parse_by_name

EMOTIONS = {"ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happiness", "NEU": "neutral", "SAD": "sadness"}
#: Only one sentence (IEO) was spoken at three levels. One file name lacks its last letter: 1040_ITH_SAD_X.wav.
INTENSITIES = {"LO": "low", "MD": "medium", "HI": "high", "X": "", "XX": ""}
#: Abbreviations of the sentences: "Don't forget a jacket", "It's eleven o'clock" ...
SENTENCES = ("DFA", "IEO", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI")
#: Age and sex of the actors from 1001 on, twenty per line, from VideoDemographics.csv of the corpus.
_ACTORS = """
51m 21f 21f 42f 29m 58f 38f 46f 24f 27f 32m 23f 22f 24m 32m 61m 42m 25f 29m 61f
30f 22m 22m 59f 48f 33m 44m 57f 33f 42f 31m 30m 31m 74m 48m 49m 45f 21m 51m 42m
42m 37m 25f 40m 22m 22f 22f 38m 25f 62m 56m 33f 35f 36f 57f 52f 25m 36f 21m 28f
51f 56m 33f 53m 38m 25m 66m 34m 27m 25m 41m 33f 24f 31f 40f 25f 20m 21f 21f 21m
30m 20f 45m 46f 34m 33m 62m 23m 24f 50m 29f
"""
SPEAKERS = {
    str(actor): ({"f": "female", "m": "male"}[known[-1]], float(known[:-1]))
    for actor, known in enumerate(_ACTORS.split(), start=1001)
}
_NAME = re.compile(
    rf"(?P<speaker>\d{{4}})_(?P<sentence>{'|'.join(SENTENCES)})_(?P<label>[A-Z]{{3}})_(?P<intensity>LO|MD|HI|XX?)",
    re.ASCII,
)


def clip_name(utterance: Utterance) -> str:
    """Return the correct name of the clip; one file name in the corpus lacks its last letter."""
    level = {intensity: level for level, intensity in INTENSITIES.items()}[utterance.intensity]
    return f"{utterance.speaker}_{utterance.sentence}_{utterance.label}_{level}"


CORPUS = Corpus(
    name="cremad",
    example="1001_IEO_ANG_HI.wav",
    title="CREMA-D, Crowd-sourced Emotional Multimodal Actors Dataset (7,442 clips, 91 actors, English)",
    citation=(
        "Cao, H., Cooper, D. G., Keutmann, M. K., Gur, R. C., Nenkova, A. & Verma, R. (2014). CREMA-D: Crowd-sourced "
        "Emotional Multimodal Actors Dataset. IEEE Transactions on Affective Computing 5(4), 377-390."
    ),
    licence="Open Database License 1.0 (ODbL), contents under the Database Contents License 1.0 (DbCL)",
    url="https://github.com/CheyneyComputerScience/CREMA-D",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse_by_name(_NAME, SPEAKERS, EMOTIONS, "en", intensity=INTENSITIES),
    n_clips=7442,
    speakers=SPEAKERS,
    clip_name=clip_name,
    note="The emotion is the one that the actor was asked to act, not the one that listeners heard. If a clip exists "
    "as WAV and as MP3, the WAV is used.",
)
