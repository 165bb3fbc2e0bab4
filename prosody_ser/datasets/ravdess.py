"""RAVDESS: ``03-01-06-01-02-01-12.wav`` is modality-channel-emotion-intensity-statement-repetition-actor."""

import re
from pathlib import PurePosixPath

from .corpus import Corpus, Utterance

EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happiness",
    "04": "sadness",
    "05": "anger",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
INTENSITIES = {"01": "normal", "02": "strong"}
SENTENCES = {"01": "kids", "02": "dogs"}
_NAME = re.compile(
    r"03-01-(?P<emotion>0[1-8])-(?P<intensity>0[12])-(?P<sentence>0[12])-(?P<take>0[12])-(?P<actor>\d\d)", re.ASCII
)
_OTHER = re.compile(r"0[123](-\d\d){6}", re.ASCII)


def parse(path):
    """The utterance that a file name tells, or None (song and video included)."""
    name = _NAME.fullmatch(path.stem)
    if name is None or not 1 <= int(name["actor"]) <= 24:
        return None
    return Utterance(
        file=str(path),
        speaker=name["actor"],
        emotion=EMOTIONS[name["emotion"]],
        sex="male" if int(name["actor"]) % 2 else "female",
        language="en",
        sentence=SENTENCES[name["sentence"]],
        take=name["take"],
        intensity=INTENSITIES[name["intensity"]],
    )


def song_or_video(path):
    """Whether a file is of RAVDESS, but not of its audio-only speech."""
    return _OTHER.fullmatch(path.stem) is not None and _NAME.fullmatch(path.stem) is None


def speech_once(utterances):
    """Leave out song and video, and the second copy of every file that the well-known download nests."""
    kept, seen = [], set()
    for utterance in utterances:
        path = PurePosixPath(utterance.file)
        if song_or_video(path) or path.stem in seen:
            continue
        if utterance.speaker:
            seen.add(path.stem)
        kept.append(utterance)
    return kept


CORPUS = Corpus(
    name="ravdess",
    title="RAVDESS, Ryerson Audio-Visual Database of Emotional Speech and Song (1,440 clips, 24 actors, English)",
    citation=(
        "Livingstone, S. R. & Russo, F. A. (2018). The Ryerson Audio-Visual Database of Emotional Speech and Song "
        "(RAVDESS). PLoS ONE 13(5), e0196391."
    ),
    licence="CC BY-NC-SA 4.0",
    url="https://zenodo.org/records/1188976",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    refine=speech_once,
    also=song_or_video,
    note="Audio-only speech is taken (03-01-...); song and video are left out. A second copy of a file counts once.",
)
