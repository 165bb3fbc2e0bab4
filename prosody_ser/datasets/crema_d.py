"""CREMA-D: ``1001_DFA_ANG_XX.wav`` is actor, sentence, emotion and intensity."""

import re

from .corpus import Corpus, Utterance, each_once

EMOTIONS = {
    "ANG": "anger",
    "DIS": "disgust",
    "FEA": "fear",
    "HAP": "happiness",
    "NEU": "neutral",
    "SAD": "sadness",
}
INTENSITIES = {"LO": "low", "MD": "medium", "HI": "high", "XX": "", "X": ""}  # one file is named ..._X
SENTENCES = ("IEO", "TIE", "IOM", "IWW", "TAI", "MTI", "IWL", "ITH", "DFA", "ITS", "TSI", "WSI")
#: Sex and age of actors 1001 to 1091, from the corpus's VideoDemographics.csv.
_DEMOGRAPHICS = (
    "m51 f21 f21 f42 m29 f58 f38 f46 f24 f27 m32 f23 f22 m24 m32 m61 m42 f25 m29 f61 "
    "f30 m22 m22 f59 f48 m33 m44 f57 f33 f42 m31 m30 m31 m74 m48 m49 f45 m21 m51 m42 "
    "m42 m37 f25 m40 m22 f22 f22 m38 f25 m62 m56 f33 f35 f36 f57 f52 m25 f36 m21 f28 "
    "f51 m56 f33 m53 m38 m25 m66 m34 m27 m25 m41 f33 f24 f31 f40 f25 m20 f21 f21 m21 "
    "m30 f20 m45 f46 m34 m33 m62 m23 f24 m50 f29 "
)
SPEAKERS: dict[str, tuple[str, float]] = {
    str(1001 + i): ({"m": "male", "f": "female"}[told[0]], float(told[1:]))
    for i, told in enumerate(_DEMOGRAPHICS.split())
}
_NAME = re.compile(r"(?P<actor>\d{4})_(?P<sentence>[A-Z]{3})_(?P<emotion>[A-Z]{3})_(?P<intensity>[A-Z]{1,2})", re.ASCII)


def parse(path):
    """The utterance that a file name tells, or None."""
    name = _NAME.fullmatch(path.stem)
    if name is None or name["actor"] not in SPEAKERS or name["sentence"] not in SENTENCES:
        return None
    if name["emotion"] not in EMOTIONS or name["intensity"] not in INTENSITIES:
        return None
    sex, age = SPEAKERS[name["actor"]]
    return Utterance(
        file=str(path),
        speaker=name["actor"],
        emotion=EMOTIONS[name["emotion"]],
        label=name["emotion"],
        sex=sex,
        age=age,
        language="en",
        sentence=name["sentence"],
        intensity=INTENSITIES[name["intensity"]],
    )


CORPUS = Corpus(
    name="crema-d",
    title="CREMA-D, Crowd-sourced Emotional Multimodal Actors Dataset (7,442 clips, 91 actors, English)",
    citation=(
        "Cao, H., Cooper, D. G., Keutmann, M. K., Gur, R. C., Nenkova, A. & Verma, R. (2014). CREMA-D: Crowd-sourced "
        "emotional multimodal actors dataset. IEEE Transactions on Affective Computing 5(4), 377-390."
    ),
    licence="Open Database License 1.0, contents Database Contents License 1.0",
    url="https://github.com/CheyneyComputerScience/CREMA-D",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    refine=each_once,
    note="The label is what the actor was asked for, not what raters heard. Its video (.flv) is not read.",
    n_clips=7442,
    speakers=SPEAKERS,
)
