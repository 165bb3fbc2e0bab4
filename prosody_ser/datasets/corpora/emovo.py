"""EMOVO: ``dis-f1-b1.wav`` is disgust (disgusto), speaker f1, sentence b1."""

import re
from itertools import product

from ..corpus import Corpus, parse_by_name, stem

EMOTIONS = {
    "dis": "disgust",  # disgusto
    "gio": "happiness",  # gioia
    "neu": "neutral",  # neutro
    "pau": "fear",  # paura
    "rab": "anger",  # rabbia
    "sor": "surprise",  # sorpresa
    "tri": "sadness",  # tristezza
}
SPEAKERS = {
    **{speaker: ("female", float("nan")) for speaker in ("f1", "f2", "f3")},
    **{speaker: ("male", float("nan")) for speaker in ("m1", "m2", "m3")},
}
#: Short (b), long (l), nonsense (n) and questions (d).
SENTENCES = ("b1", "b2", "b3", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5", "d1", "d2")
_NAME = re.compile(rf"(?P<label>[a-z]{{3}})-(?P<speaker>[fm][1-3])-(?P<sentence>{'|'.join(SENTENCES)})")


CORPUS = Corpus(
    name="emovo",
    example="dis-f1-b1.wav",
    title="EMOVO (588 clips, 6 actors, Italian)",
    citation=(
        "Costantini, G., Iaderola, I., Paoloni, A. & Todisco, M. (2014). EMOVO Corpus: an Italian emotional speech "
        "database. Proc. LREC, 3501-3504."
    ),
    licence="free for non-commercial use, with acknowledgement",
    url="http://voice.fub.it/activities/corpora/emovo/index.html",
    languages=("it",),
    emotions=EMOTIONS,
    parse=parse_by_name(_NAME, SPEAKERS, EMOTIONS, "it"),
    n_clips=588,
    expected=lambda: frozenset("-".join(parts) for parts in product(EMOTIONS, SPEAKERS, SENTENCES)),
    speakers=SPEAKERS,
    clip_name=stem,
)
