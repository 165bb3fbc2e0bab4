"""What a corpus is: a description, and how its file names tell who speaks how."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from ..audio import SUFFIXES
from ..errors import CorpusError


@dataclass(frozen=True, slots=True)
class Utterance:
    """One clip and what its corpus says about it.

    Attributes
    ----------
    file : str
        Path below the corpus folder, with ``/``.
    corpus : str
        Name of the corpus.
    speaker, emotion : str
        Empty where unknown; the emotion in the common vocabulary.
    label : str
        The corpus's own label.
    sex : str
        ``female``, ``male`` or empty.
    age : float
        Years, NaN where unknown.
    language : str
        ISO 639-1 code, or empty.
    sentence, take, intensity : str
        Empty where the corpus does not have them.
    vocal_channel : str
        ``speech`` or ``song`` where the corpus has both.
    start, end : float
        The stretch of the file in s; NaN for its end.
    extra : tuple of (name, value)
        Other columns of a table of labels.
    path : str
        Where the file is on this machine.
    """

    file: str
    corpus: str = ""
    speaker: str = ""
    emotion: str = ""
    label: str = ""
    sex: str = ""
    age: float = float("nan")
    language: str = ""
    sentence: str = ""
    take: str = ""
    intensity: str = ""
    vocal_channel: str = ""
    start: float = 0.0
    end: float = float("nan")
    extra: tuple[tuple[str, str], ...] = ()
    path: str = ""


@dataclass(frozen=True)
class Found:
    """What a source holds.

    Attributes
    ----------
    corpus : Corpus
    utterances : list of Utterance
        Sorted by file.
    passed_over : int
        Recordings that the corpus leaves out (second copies, video).
    notes : tuple of str
        What a user must be told, line by line.
    """

    corpus: "Corpus"
    utterances: list[Utterance]
    passed_over: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Corpus:
    """A corpus known by its file names.

    Attributes
    ----------
    name : str
        As given to ``--corpus``.
    title, citation, licence, url : str
        What it is, whom to cite, what may be done with it, where to get it.
    languages : tuple of str
        ISO 639-1 codes.
    emotions : dict of str to str
        The corpus's own label to the common vocabulary.
    parse : callable
        A path below the corpus folder to an :class:`Utterance`, or None if the name is not of this corpus.
    refine : callable
        All clips to those that count, where that shows only over all of them.
    also : callable
        Whether a path is named as in this corpus though it is not used (song, video).
    note : str
        What the adapter does that a user would not expect.
    n_clips : int or None
        Clips of the complete corpus; None where there is no such number.
    expected : callable or None
        Where the complete corpus is a grid: the stems of its files.
    speakers : dict of str to (sex, age)
        Where they are known; age in years, NaN where it is not.
    applies : callable
        Whether files can be of this corpus, where that shows only over all of them.
    """

    name: str
    title: str
    citation: str
    licence: str
    url: str
    languages: tuple[str, ...]
    emotions: dict[str, str] = field(hash=False)
    parse: Callable[[PurePosixPath], Utterance | None]
    refine: Callable[[list[Utterance]], list[Utterance]] = list
    also: Callable[[PurePosixPath], bool] = lambda path: False
    note: str = ""
    n_clips: int | None = None
    expected: Callable[[], frozenset[str]] | None = None
    speakers: dict[str, tuple[str, float]] = field(default_factory=dict, hash=False)
    applies: Callable[[Sequence[str]], bool] = lambda files: True

    def utterances(self, files: Sequence[str]) -> list[Utterance]:
        """The clips among `files`, sorted by file; a name that is not of this corpus gives a clip without labels."""
        found = [self.parse(path) or Utterance(str(path)) for path in map(PurePosixPath, files) if not self.also(path)]
        found = [u if u.corpus else replace(u, corpus=self.name) for u in found]
        return sorted(self.refine(found), key=lambda utterance: utterance.file)

    def explained(self, files: Sequence[str]) -> int:
        """How many of `files` are named as in this corpus, used or not."""
        if not self.applies(files):
            return 0
        paths = [PurePosixPath(file) for file in files]
        return sum(self.parse(path) is not None or self.also(path) for path in paths)


def each_once(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Leave out second copies, the deeper ones; clips without labels are all kept.

    Downloads nest a second copy of every file in a folder of its own.
    """
    kept, seen = [], set()
    for u in sorted(utterances, key=lambda u: (u.file.count("/"), u.file)):
        if not u.label or what_is_said(u) not in seen:
            kept.append(u)
        seen.add(what_is_said(u))
    return kept


def what_is_said(u: Utterance) -> tuple[str, ...]:
    """All that the name of a clip tells: in a known corpus no two clips agree in it."""
    return (u.corpus, u.speaker, u.label, u.sentence, u.take, u.intensity, u.vocal_channel)


def recordings_below(folder: str | os.PathLike) -> list[str]:
    """Every file with the suffix of a recording below a folder, as sorted relative paths with ``/``.

    Hidden files and folders are passed over (macOS leaves ``._name.wav`` beside ``name.wav``). Linked folders are
    followed, each once.

    Raises
    ------
    CorpusError
        If a folder cannot be listed.
    """

    def refuse(error):
        raise CorpusError(f"{error.filename}: cannot be listed ({error.strerror})")

    root = Path(folder)
    found = []
    seen = set()
    for parent, folders, files in os.walk(root, followlinks=True, onerror=refuse):
        real = os.path.realpath(parent)
        if real in seen:  # a link to a folder above would never end
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in files:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES:
                found.append((Path(parent) / name).relative_to(root).as_posix())
    return sorted(found)
