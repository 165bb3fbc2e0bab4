"""Kaggle's "speech-emotion-recognition-en": CREMA-D, RAVDESS, SAVEE and TESS side by side, each under its own name.

``Crema/1001_DFA_ANG_XX.wav``, ``Ravdess/audio_speech_actors_01-24/Actor_01/03-01-...wav``, ``Savee/DC_a01.wav``,
``Tess/OAF_angry/OAF_back_angry.wav``.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from . import crema_d, ravdess, savee, tess
from .corpus import Corpus, each_once

PARTS: dict[str, Corpus] = {
    "crema": crema_d.CORPUS,
    "ravdess": ravdess.CORPUS,
    "savee": savee.CORPUS,
    "tess": tess.CORPUS,
}


def _part(path: PurePosixPath) -> Corpus | None:
    """The corpus whose folder a file lies in."""
    return next((PARTS[folder.lower()] for folder in path.parts[:-1] if folder.lower() in PARTS), None)


def parse(path):
    """The utterance that a path tells, under the name of its own corpus, or None."""
    part = _part(path)
    found = part.parse(path) if part is not None else None
    return None if found is None else replace(found, corpus=part.name)


def video(path):
    """Whether a file is of one of the four, but not used."""
    part = _part(path)
    return part is not None and part.also(path)


def side_by_side(files: Sequence[str]) -> bool:
    """Whether at least two of the four are there, each in its folder."""
    return len({part.name for part in map(_part, map(PurePosixPath, files)) if part is not None}) > 1


CORPUS = Corpus(
    name="kaggle-en",
    title="Kaggle's speech-emotion-recognition-en: CREMA-D, RAVDESS, SAVEE, TESS (12,162 clips, 121 actors, English)",
    citation="each of the four: see 'crema-d', 'ravdess', 'savee' and 'tess'",
    licence="each of the four's: see there",
    url="https://www.kaggle.com/datasets/dmitrybabko/speech-emotion-recognition-en",
    languages=("en",),
    emotions={label: common for part in PARTS.values() for label, common in part.emotions.items()},
    parse=parse,
    refine=each_once,
    also=video,
    note="Each clip keeps the name of its own corpus, so that speakers of two corpora are never one.",
    n_clips=12162,
    applies=side_by_side,
)
