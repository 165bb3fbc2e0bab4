"""RAVDESS: ``03-01-06-01-02-01-12.wav`` is modality-channel-emotion-intensity-statement-repetition-actor."""

import re
from itertools import product
from pathlib import PurePosixPath

from ..corpus import Corpus, parse_by_name, stem

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
CHANNELS = {"01": "speech", "02": "song"}
INTENSITIES = {"01": "normal", "02": "strong"}
SENTENCES = {"01": "kids", "02": "dogs"}
_WORDS = {"vocal_channel": CHANNELS, "intensity": INTENSITIES, "sentence": SENTENCES}
#: Actors with odd numbers are male; their ages are not published.
SPEAKERS = {f"{actor:02d}": ("male" if actor % 2 else "female", float("nan")) for actor in range(1, 25)}
_NAME = re.compile(
    r"03-(?P<vocal_channel>0[12])-(?P<label>0[1-8])-(?P<intensity>0[12])-(?P<sentence>0[12])-(?P<take>0[12])"
    r"-(?P<speaker>\d\d)",
    re.ASCII,
)
_NUMBERED = re.compile(r"03-\d\d-(?P<label>\d\d)-(?P<intensity>\d\d)(-\d\d){3}", re.ASCII)
#: Video files of RAVDESS.
_VIDEO = re.compile(r"0[12](-\d\d){6}", re.ASCII)


def expected() -> frozenset[str]:
    """Return the names of the 1,440 spoken clips; neutral has no strong intensity."""
    grid = product(EMOTIONS, INTENSITIES, SENTENCES, ("01", "02"), SPEAKERS)
    return frozenset(
        f"03-01-{emotion}-{intensity}-{sentence}-{take}-{actor}"
        for emotion, intensity, sentence, take, actor in grid
        if (emotion, intensity) != ("01", "02")
    )


def resembles(path: PurePosixPath) -> bool:
    """Return whether a name is numbered as in RAVDESS, but is none of its clips; neutral has no strong intensity.

    BanglaSER has the same form of names, in which 01 is happy and actors are numbered to 34.
    """
    name = _NUMBERED.fullmatch(path.stem)
    return name is not None and (parse(path) is None or (name["label"], name["intensity"]) == ("01", "02"))


parse = parse_by_name(_NAME, SPEAKERS, EMOTIONS, "en", **_WORDS)
CORPUS = Corpus(
    name="ravdess",
    example="03-01-06-01-02-01-12.wav",
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
    n_clips=1440,
    expected=expected,
    speakers=SPEAKERS,
    clip_name=stem,
    resembles=resembles,
    also=lambda path: _VIDEO.fullmatch(path.stem) is not None,
    note="Audio-only files are used, speech (03-01-...) and song (03-02-...); the column vocal_channel distinguishes "
    "them. Video is left out. A second copy of a file counts once.",
)
