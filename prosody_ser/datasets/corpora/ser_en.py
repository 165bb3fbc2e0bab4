"""Kaggle's mix of four English corpora: folders Crema, Ravdess, Savee and Tess side by side.

Each clip keeps its own corpus, so that no two people share a name.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from ..corpus import Corpus, Utterance
from . import cremad, ravdess, savee, tess

#: The corpus in each folder.
MEMBERS = {"crema": cremad.CORPUS, "ravdess": ravdess.CORPUS, "savee": savee.CORPUS, "tess": tess.CORPUS}
_BY_NAME = {corpus.name: corpus for corpus in MEMBERS.values()}


def parse(path: PurePosixPath) -> Utterance | None:
    """The utterance that a path tells, by the corpus whose folder it is in, or None."""
    member = _member(path)
    utterance = member.parse(path) if member else None
    return replace(utterance, corpus=member.name) if member and utterance else None


def also(path: PurePosixPath) -> bool:
    """Whether the corpus whose folder it is in knows the name, but leaves it out."""
    member = _member(path)
    return member is not None and member.also(path)


def _member(path: PurePosixPath) -> Corpus | None:
    named = (MEMBERS.get(folder.lower()) for folder in path.parts[:-1])
    return next(filter(None, named), None)


def clip_name(utterance: Utterance) -> str:
    """The name in its own corpus."""
    return _BY_NAME[utterance.corpus].identity(utterance)[1]


CORPUS = Corpus(
    name="ser-en",
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
