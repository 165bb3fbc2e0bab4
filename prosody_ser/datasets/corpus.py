"""The definition of a corpus: a description, and how speakers and emotions are read from its file names."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from ..audio.files.suffixes import PICTURES

#: Suffixes of lossless formats, which are preferred if a clip exists twice (CREMA-D has WAV and MP3 files).
_LOSSLESS = frozenset(
    {".wav", ".wave", ".bwf", ".rf64", ".flac", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64"}
    | {".sph", ".nist", ".wv", ".ape", ".tta", ".tak", ".shn"}
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One clip, or a segment of one, with the labels of its corpus."""

    file: str  #: path below the corpus folder, with ``/``
    corpus: str = ""  #: name of the corpus; in a collection of corpora, that of the clip
    #: `speaker`, `emotion`: empty where unknown
    speaker: str = ""
    emotion: str = ""
    label: str = ""  #: original label of the corpus (``W``, ``ps``, ``01``)
    sex: str = ""  #: ``female``, ``male`` or empty
    age: float = float("nan")  #: years, NaN where unknown
    language: str = ""  #: ISO 639-1 code, or empty
    #: `sentence`, `take`, `intensity`: empty if the corpus does not have them
    sentence: str = ""
    take: str = ""
    intensity: str = ""
    vocal_channel: str = ""  #: ``speech`` or ``song``, if the corpus has both
    #: `start`, `end`: segment of the file in s; NaN for its end
    start: float = 0.0
    end: float = float("nan")
    extra: tuple[tuple[str, str], ...] = ()  #: other columns of a labels file: name and cell
    path: str = ""  #: path of the file on this machine


def stem(utterance: Utterance) -> str:
    """Return the name of the file, without folder and suffix."""
    return PurePosixPath(utterance.file).stem


def labelled_clip(
    path: PurePath,
    speakers: Mapping[str, tuple[str, float]],
    emotions: Mapping[str, str],
    speaker: str,
    label: str,
    **more: Any,
) -> Utterance | None:
    """Make the clip of a file name; None if the speaker or the label is not in the corpus."""
    if speaker not in speakers or label not in emotions:
        return None
    sex, age = speakers[speaker]
    return Utterance(str(path), speaker=speaker, emotion=emotions[label], label=label, sex=sex, age=age, **more)


def parse_by_name(
    pattern: re.Pattern[str],
    speakers: Mapping[str, tuple[str, float]],
    emotions: Mapping[str, str],
    language: str,
    **words: Mapping[str, str],
) -> "Callable[[PurePath], Utterance | None]":
    """Make `parse` for a corpus from a pattern of names; each group is a field, with codes that `words` translates."""

    def parse(path: PurePath) -> Utterance | None:
        name = pattern.fullmatch(path.stem)
        if name is None:
            return None
        fields = {field: words[field][code] if field in words else code for field, code in name.groupdict().items()}
        return labelled_clip(path, speakers, emotions, language=language, **fields)

    return parse


@dataclass(frozen=True)
class Corpus:
    """A corpus that is recognised by its file names, or a way to sort or list recordings of the user."""

    name: str  #: name for ``--corpus``
    example: str = field(default="", kw_only=True)  #: name of a clip; empty if the names do not matter
    #: `title`, `citation`, `licence`, `url`: description, reference, licence and source
    title: str
    citation: str = "your own"
    licence: str = "your own"
    url: str = "-"
    languages: tuple[str, ...] = ()  #: ISO 639-1 codes
    #: original label to the common vocabulary
    emotions: dict[str, str] = field(default_factory=dict, hash=False)
    #: a path below the corpus folder to an :class:`Utterance`, or None if the name is not of this corpus
    parse: Callable[[PurePosixPath], Utterance | None] = lambda path: None
    n_clips: int | None = None  #: number of spoken clips of the complete corpus; None if there is no such number
    #: returns the names of all clips of the complete corpus, as by `clip_name`, if it is a complete grid
    expected: Callable[[], frozenset[str]] | None = None
    #: known speakers, with sex and age in years (NaN if unknown); empty if any name can be a speaker
    speakers: dict[str, tuple[str, float]] = field(default_factory=dict, hash=False)
    #: an utterance with a speaker to its name in the complete corpus, whatever the name of the file: two files with one
    #: name are copies of one clip. None for a generic corpus, without such names.
    clip_name: Callable[[Utterance], str] | None = None
    #: revises all clips together, if they cannot be read one by one; returns them, and notes for the user
    refine: Callable[[list[Utterance]], tuple[list[Utterance], list[str]]] = lambda clips: (clips, [])
    #: whether a path is named as in this corpus, although it is not used (video)
    also: Callable[[PurePosixPath], bool] = lambda path: False
    #: whether a path has the form of this corpus's names, with codes that it lacks; many of them are another corpus
    resembles: Callable[[PurePosixPath], bool] = lambda path: False
    #: for a corpus with a labels file, in place of `parse`: called with the source (that file or its folder) and names
    #: of columns; returns utterances with emotions as written, notes for the user, and the rows left out by cause
    read: Callable[[Path, Mapping[str, str] | None], tuple[list[Utterance], list[str], Counter[str]]] | None = None
    note: str = ""  #: what a user should know about the adapter

    @property
    def generic(self) -> bool:
        """Whether it is a way to sort recordings and not a particular corpus; two such folders are two corpora."""
        return self.clip_name is None

    def utterances(self, files: Sequence[str]) -> list[Utterance]:
        """Return the clips of `files`, each once, sorted by file; a file with an unknown name has no labels."""
        return self.utterances_and_notes(files)[0]

    def utterances_and_notes(self, files: Sequence[str]) -> tuple[list[Utterance], list[str]]:
        """Return :meth:`utterances`, and notes for the user."""
        candidates = []
        for file in files:
            path = PurePosixPath(file)
            utterance = self.parse(path)
            if utterance is not None or not self.also(path):
                candidates.append(utterance or Utterance(file=file))
        clips, notes = self.refine(self._once(candidates))
        return sorted(clips, key=lambda utterance: utterance.file), notes

    def explained(self, files: Sequence[str]) -> int:
        """Return the number of `files` that are named as in this corpus, whether they are used or not."""
        paths = [PurePosixPath(file) for file in files]
        return sum(self.parse(path) is not None or self.also(path) for path in paths)

    def name_of(self, utterance: Utterance) -> str:
        """Return the name of a clip in the complete corpus, whatever the name of its file."""
        return stem(utterance) if self.clip_name is None or not utterance.speaker else self.clip_name(utterance)

    def missing(self, utterances: Iterable[Utterance]) -> tuple[Utterance, ...] | None:
        """Return the missing clips of the complete corpus, with their names as `file`; None if they are not known."""
        if self.expected is None:
            return None
        absent = sorted(self.expected() - set(map(self.name_of, utterances)))
        clips = [(name, self.parse(PurePosixPath(f"{name}.wav")) or Utterance(name)) for name in absent]
        return tuple(replace(clip, file=name, corpus=clip.corpus or self.name) for name, clip in clips)

    def _once(self, utterances: Iterable[Utterance]) -> list[Utterance]:
        chosen: dict[tuple[str, str], Utterance] = {}
        for utterance in sorted(utterances, key=_lossless_first):
            chosen.setdefault(self.identity(utterance), utterance)
        return list(chosen.values())

    def identity(self, utterance: Utterance) -> tuple[str, str]:
        """Return a key that copies of a clip share: corpus and name, or the file if the name is unknown."""
        if self.clip_name is None or not utterance.speaker:
            return "", utterance.file
        return utterance.corpus or self.name, self.name_of(utterance)


def _lossless_first(utterance: Utterance) -> tuple[bool, bool, str]:
    """Return a sort key: lossless audio first, then other audio, then video."""
    suffix = os.path.splitext(utterance.file)[1].lower()
    return suffix not in _LOSSLESS, suffix in PICTURES, utterance.file
