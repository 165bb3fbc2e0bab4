"""What a corpus is: a description, and how its file names tell who speaks how."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from ..audio.suffixes import PICTURES

#: Of two copies of a clip the lossless one is taken (CREMA-D comes as WAV and as MP3).
_LOSSLESS = frozenset(
    {".wav", ".wave", ".bwf", ".rf64", ".flac", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64"}
    | {".sph", ".nist", ".wv", ".ape", ".tta", ".tak", ".shn"}
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One clip, or a stretch of one, and what its corpus says about it."""

    file: str  #: path below the corpus folder, with ``/``
    corpus: str = ""  #: name of the corpus; in a mix of corpora, each clip's own
    #: `speaker`, `emotion`: empty where unknown
    speaker: str = ""
    emotion: str = ""
    label: str = ""  #: the corpus's own label, as it stands in the corpus (``W``, ``ps``, ``01``)
    sex: str = ""  #: ``female``, ``male`` or empty
    age: float = float("nan")  #: years, NaN where unknown
    language: str = ""  #: ISO 639-1 code, or empty
    #: `sentence`, `take`, `intensity`: empty where the corpus does not have them
    sentence: str = ""
    take: str = ""
    intensity: str = ""
    vocal_channel: str = ""  #: ``speech`` or ``song``, where the corpus has both
    #: `start`, `end`: stretch of the file in s; NaN as `end`: to its end
    start: float = 0.0
    end: float = float("nan")
    extra: tuple[tuple[str, str], ...] = ()  #: what else a labels file says: column and cell
    path: str = ""  #: where the file is on this machine, absolute or below the working directory


def stem(utterance: Utterance) -> str:
    """Name of the file, without folder and suffix."""
    return PurePosixPath(utterance.file).stem


def clip_told(
    path: PurePath,
    speakers: Mapping[str, tuple[str, float]],
    emotions: Mapping[str, str],
    speaker: str,
    label: str,
    **more: Any,
) -> Utterance | None:
    """The clip that a file name tells; None if its speaker or its label is none of the corpus's."""
    if speaker not in speakers or label not in emotions:
        return None
    sex, age = speakers[speaker]
    return Utterance(str(path), speaker=speaker, emotion=emotions[label], label=label, sex=sex, age=age, **more)


def told_by_name(
    pattern: re.Pattern[str],
    speakers: Mapping[str, tuple[str, float]],
    emotions: Mapping[str, str],
    language: str,
    **words: Mapping[str, str],
) -> "Callable[[PurePath], Utterance | None]":
    """`parse` of a corpus whose names tell all: each group of `pattern` is a field, in `words` where it has codes."""

    def parse(path: PurePath) -> Utterance | None:
        name = pattern.fullmatch(path.stem)
        if name is None:
            return None
        told = {field: words[field][code] if field in words else code for field, code in name.groupdict().items()}
        return clip_told(path, speakers, emotions, language=language, **told)

    return parse


@dataclass(frozen=True)
class Corpus:
    """A corpus known by its file names, or a way to sort or list recordings of one's own."""

    name: str  #: as given to ``--corpus``
    #: `title`, `citation`, `licence`, `url`: what it is, whom to cite, what may be done with it, where to get it
    title: str
    citation: str = "your own"
    licence: str = "your own"
    url: str = "-"
    languages: tuple[str, ...] = ()  #: ISO 639-1 codes
    #: the corpus's own label to the common vocabulary
    emotions: dict[str, str] = field(default_factory=dict, hash=False)
    #: a path below the corpus folder to an :class:`Utterance`, or None if the name is not of this corpus
    parse: Callable[[PurePosixPath], Utterance | None] = lambda path: None
    n_clips: int | None = None  #: clips of the complete corpus (speech); None where there is no such number
    #: gives the names of all clips of the complete corpus, where it is a grid; as by `clip_name`
    expected: Callable[[], frozenset[str]] | None = None
    #: known speakers: sex, and age in years (NaN where unknown); empty if anyone can be one
    speakers: dict[str, tuple[str, float]] = field(default_factory=dict, hash=False)
    #: an utterance with a speaker to its name in the complete corpus, whatever the file is called here: two files of
    #: one name are copies of one clip. None where names say nothing.
    clip_name: Callable[[Utterance], str] | None = None
    #: all clips as they are told where that shows only over all of them, and what a user must be told of them
    refine: Callable[[list[Utterance]], tuple[list[Utterance], list[str]]] = lambda clips: (clips, [])
    #: whether a path is named as in this corpus though it is not used (video)
    also: Callable[[PurePosixPath], bool] = lambda path: False
    #: for a corpus whose labels stand in a file: the source (that file, or the folder it is in), and which of its
    #: columns stand for ours, to utterances with emotions as written, notes to the user, and how many rows were left
    #: out. `parse` is not asked then.
    read: Callable[[Path, Mapping[str, str] | None], tuple[list[Utterance], list[str], int]] | None = None
    note: str = ""  #: what the adapter does that a user would not expect

    @property
    def generic(self) -> bool:
        """Whether it is a way to sort recordings, not a corpus that has a name: two such folders are two corpora."""
        return self.clip_name is None

    def utterances(self, files: Sequence[str]) -> list[Utterance]:
        """The clips among `files`, each once, sorted by file; a name not of this corpus gives a clip without labels."""
        return self.told(files)[0]

    def told(self, files: Sequence[str]) -> tuple[list[Utterance], list[str]]:
        """As :meth:`utterances`, and what a user must be told of them."""
        candidates = []
        for file in files:
            path = PurePosixPath(file)
            utterance = self.parse(path)
            if utterance is not None or not self.also(path):
                candidates.append(utterance or Utterance(file=file))
        clips, notes = self.refine(self._once(candidates))
        return sorted(clips, key=lambda utterance: utterance.file), notes

    def explained(self, files: Sequence[str]) -> int:
        """How many of `files` are named as in this corpus, used or not."""
        paths = [PurePosixPath(file) for file in files]
        return sum(self.parse(path) is not None or self.also(path) for path in paths)

    def name_of(self, utterance: Utterance) -> str:
        """What the complete corpus calls a clip, whatever its file is called here."""
        return stem(utterance) if self.clip_name is None or not utterance.speaker else self.clip_name(utterance)

    def missing(self, utterances: Iterable[Utterance]) -> tuple[Utterance, ...] | None:
        """Clips of the complete corpus that are not there, their names as `file`; None if the corpus is no grid."""
        if self.expected is None:
            return None
        absent = sorted(self.expected() - set(map(self.name_of, utterances)))
        told = [(name, self.parse(PurePosixPath(f"{name}.wav")) or Utterance(name)) for name in absent]
        return tuple(replace(clip, file=name, corpus=clip.corpus or self.name) for name, clip in told)

    def _once(self, utterances: Iterable[Utterance]) -> list[Utterance]:
        chosen: dict[tuple[str, str], Utterance] = {}
        for utterance in sorted(utterances, key=_lossless_first):
            chosen.setdefault(self.identity(utterance), utterance)
        return list(chosen.values())

    def identity(self, utterance: Utterance) -> tuple[str, str]:
        """What two copies of a clip have in common: corpus and name; without a name in the corpus, the file."""
        if self.clip_name is None or not utterance.speaker:
            return "", utterance.file
        return utterance.corpus or self.name, self.name_of(utterance)


def _lossless_first(utterance: Utterance) -> tuple[bool, bool, str]:
    """Sound without loss before other sound, and that before the sound of films."""
    suffix = os.path.splitext(utterance.file)[1].lower()
    return suffix not in _LOSSLESS, suffix in PICTURES, utterance.file
