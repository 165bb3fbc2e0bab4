"""TESS, the Toronto emotional speech set: ``OAF_back_angry.wav`` is the older speaker, "Say the word back", angry."""

import re
from itertools import product
from pathlib import PurePosixPath

from ..corpus import Corpus, Utterance, labelled_clip

EMOTIONS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "ps": "surprise",  # pleasant surprise
    "sad": "sadness",
}
SPEAKERS = {"OAF": ("female", 64.0), "YAF": ("female", 26.0)}
#: Northwestern University Auditory Test No. 6, Tillman & Carhart (1966).
WORDS = tuple(
    """
    back bar base bath bean beg bite boat bone book bought burn cab calm came cause chain chair chalk chat check
    cheek chief choice cool dab date dead death deep dime dip ditch dodge dog doll door fail fall far fat fit five
    food gap gas gaze germ get gin goal good goose gun half hall hash hate have haze hire hit hole home hurl hush
    jail jar join judge jug juice keen keep keg kick kill king kite knock late laud lean learn lease lid life limb
    live loaf long lore lose lot love luck make match merge mess met mill mob mode mood moon mop mouse nag name near
    neat nice note numb pad page pain pass pearl peg perch phone pick pike pole pool puff rag raid rain raise rat
    reach read red ring ripe road room rose rot rough rush said sail search seize sell shack shall shawl sheep shirt
    should shout size soap soup sour south sub such sure take talk tape team tell thin third thought thumb time tip
    tire ton tool tough turn vine voice void vote wag walk wash week wheat when which whip white wife wire witch
    yearn yes young youth
    """.split()  # noqa: SIM905 -- one word a line would be 200 lines
)
_NAME = re.compile(
    r"(?P<speaker>OAF?|YAF)_(?P<word>[a-z]+)_(?P<label>angry|disgust|fear|happy|neutral|ps|pleasant_surprised?|sad)",
    re.ASCII | re.IGNORECASE,
)


def parse(path: PurePosixPath) -> Utterance | None:
    """Return the utterance of a file name, or None."""
    name = _NAME.fullmatch(path.stem)
    if name is None:
        return None
    speaker = {"OA": "OAF"}.get(name["speaker"].upper(), name["speaker"].upper())  # OA_bite_neutral.wav
    label = "ps" if name["label"].lower().startswith("pleasant") else name["label"].lower()
    return labelled_clip(path, SPEAKERS, EMOTIONS, speaker, label, language="en", sentence=name["word"].lower())


CORPUS = Corpus(
    name="tess",
    example="OAF_back_angry.wav",
    title="TESS, Toronto Emotional Speech Set (2,800 clips, 2 actors, English)",
    citation=(
        "Pichora-Fuller, M. K. & Dupuis, K. (2020). Toronto emotional speech set (TESS). Borealis. "
        "https://doi.org/10.5683/SP2/E8H2MF"
    ),
    licence="CC BY-NC-ND 4.0",
    url="https://doi.org/10.5683/SP2/E8H2MF",
    languages=("en",),
    emotions=EMOTIONS,
    parse=parse,
    n_clips=2800,
    expected=lambda: frozenset("_".join(parts) for parts in product(SPEAKERS, WORDS, EMOTIONS)),
    speakers=SPEAKERS,
    clip_name=lambda clip: f"{clip.speaker}_{clip.sentence}_{clip.label}",  # one file name in the corpus is misspelt
    note="OA_bite_neutral.wav belongs to the speaker OAF; ps means pleasant surprise. A second copy of a file counts "
    "once. With only two speakers, a speaker-independent score means little.",
)
