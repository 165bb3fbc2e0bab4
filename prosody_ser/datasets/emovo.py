"""EMOVO: ``rab-f1-b1.wav`` is rabbia (anger), first actress, first short sentence."""

import re
from itertools import product

from .corpus import Corpus, Utterance, each_once

EMOTIONS = {
    "dis": "disgust",  # disgusto
    "gio": "happiness",  # gioia
    "neu": "neutral",  # neutro
    "pau": "fear",  # paura
    "rab": "anger",  # rabbia
    "sor": "surprise",  # sorpresa
    "tri": "sadness",  # tristezza
}
#: Ages are not published.
SPEAKERS = {f"{sex[0]}{i}": (sex, float("nan")) for sex in ("female", "male") for i in (1, 2, 3)}
SENTENCES = ("b1", "b2", "b3", "d1", "d2", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5")
_NAME = re.compile(r"(?P<emotion>[a-z]{3})-(?P<speaker>[fm][123])-(?P<sentence>[a-z]\d)", re.ASCII)


def parse(path):
    """The utterance that a file name tells, or None."""
    name = _NAME.fullmatch(path.stem)
    if name is None or name["emotion"] not in EMOTIONS or name["sentence"] not in SENTENCES:
        return None
    sex, age = SPEAKERS[name["speaker"]]
    return Utterance(
        file=str(path),
        speaker=name["speaker"],
        emotion=EMOTIONS[name["emotion"]],
        label=name["emotion"],
        sex=sex,
        age=age,
        language="it",
        sentence=name["sentence"],
    )


def complete():
    """Stems of the complete corpus."""
    return frozenset(map("-".join, product(EMOTIONS, SPEAKERS, SENTENCES)))


CORPUS = Corpus(
    name="emovo",
    title="EMOVO (588 clips, 6 actors, Italian)",
    citation=(
        "Costantini, G., Iaderola, I., Paoloni, A. & Todisco, M. (2014). EMOVO corpus: an Italian emotional speech "
        "database. Proc. LREC, 3501-3504."
    ),
    licence="free for research; no licence is named",
    url="http://voice.fub.it/activities/corpora/emovo/index.html",
    languages=("it",),
    emotions=EMOTIONS,
    parse=parse,
    refine=each_once,
    n_clips=588,
    expected=complete,
    speakers=SPEAKERS,
)
