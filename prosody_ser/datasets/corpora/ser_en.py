"""A collection of four English corpora on Kaggle, with the folders Crema, Ravdess, Savee and Tess.

Each clip keeps its own corpus, so that speakers of different corpora stay separate.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from ..corpus import Corpus, Utterance
from . import cremad, ravdess, savee, tess

#: The corpus in each folder.
MEMBERS = {"crema": cremad.CORPUS, "ravdess": ravdess.CORPUS, "savee": savee.CORPUS, "tess": tess.CORPUS}
_BY_NAME = {corpus.name: corpus for corpus in MEMBERS.values()}


def parse(path: PurePosixPath) -> Utterance | None:
    """Return the utterance of a path, according to the corpus of its folder, or None."""
    member = _member(path)
    utterance = member.parse(path) if member else None
    return replace(utterance, corpus=member.name) if member and utterance else None


def also(path: PurePosixPath) -> bool:
    """Return whether the corpus of the folder knows the name, but does not use it."""
    member = _member(path)
    return member is not None and member.also(path)


def _member(path: PurePosixPath) -> Corpus | None:
    named = (MEMBERS.get(folder.lower()) for folder in path.parts[:-1])
    return next(filter(None, named), None)


def clip_name(utterance: Utterance) -> str:
    """Return the name of the clip in its own corpus."""
    return _BY_NAME[utterance.corpus].identity(utterance)[1]


CORPUS = Corpus(
    name="ser-en",
    example="Crema/1001_IEO_ANG_HI.wav",
    title="Kaggle's speech-emotion-recognition-en: CREMA-D, RAVDESS, SAVEE and TESS (12,162 clips, English)",
    citation="each corpus's own: cremad, ravdess, savee, tess",
    licence="each corpus's own",
    url="https://www.kaggle.com/datasets/dmitrybabko/speech-emotion-recognition-en",
    languages=("en",),
    emotions={label: emotion for corpus in MEMBERS.values() for label, emotion in corpus.emotions.items()},
    parse=parse,
    n_clips=sum(corpus.n_clips or 0 for corpus in MEMBERS.values()),
    speakers={speaker: facts for corpus in MEMBERS.values() for speaker, facts in corpus.speakers.items()},
    clip_name=clip_name,
    also=also,
    note="Each clip keeps the name of its own corpus, so that speakers of different corpora are never confused.",
)
