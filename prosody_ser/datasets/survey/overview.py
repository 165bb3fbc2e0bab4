"""The results of a survey as plain data, and tables that are derived from them."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .. import Utterance
from .sound import Sound

#: Name of an unknown speaker or emotion.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Clip:
    """An utterance and the contents of its file."""

    utterance: Utterance
    sound: Sound

    @property
    def duration_s(self) -> float:
        """Length of the utterance, which may be a segment of its file; NaN if unknown."""
        start, end = self.utterance.start, self.utterance.end
        if math.isnan(end):
            end = self.sound.duration_s
        return max(0.0, min(end, self.sound.duration_s) - start) if self.sound.duration_s >= 0 else math.nan

    @property
    def is_whole_file(self) -> bool:
        """Whether the utterance is a whole file and not a segment."""
        return self.utterance.start == 0 and math.isnan(self.utterance.end)


@dataclass(frozen=True)
class Duplicate:
    """Files with the same sound."""

    files: tuple[str, ...]
    identical: bool  #: whether they have the same bytes; otherwise they sound the same
    correlation: float  #: lowest correlation of their sounds; 1 if identical
    differences: tuple[str, ...]  #: differences of the files ("48000 and 16000 Hz")
    conflicts: tuple[str, ...]  #: differences of their labels ("speaker: 03 and 08")
    grave: bool  #: whether speakers or emotions differ, which is a leak from training to test, or a wrong label


@dataclass(frozen=True)
class Odd:
    """A problem of a file that the user should know."""

    file: str
    kind: str  #: short name: ``unreadable``, ``suffix``, ``sample rate`` ...
    cause: str  #: in plain words


@dataclass(frozen=True)
class Survey:
    """The results of a survey of a corpus folder."""

    #: `corpus`, `title`, `source`: name and title of the corpus, and the surveyed source
    corpus: str
    title: str
    source: str
    clips: tuple[Clip, ...]  #: sorted by file
    n_expected: int | None  #: number of clips of the complete corpus, if known
    #: missing clips, with the name in the corpus as `file`; None if they are not known
    missing: tuple[Utterance, ...] | None
    duplicates: tuple[Duplicate, ...]
    odd: tuple[Odd, ...]
    left_out: Mapping[str, int]  #: number of recordings and rows that are not used, by cause
    unused: dict[str, int]  #: number of unused files of the folder, by suffix
    notes: tuple[str, ...]  #: notes for the user

    @property
    def several_corpora(self) -> bool:
        """Whether there are several corpora, so that speakers 03 of two corpora are two people."""
        return len({clip.utterance.corpus for clip in self.clips}) > 1

    @property
    def n_of_corpus(self) -> int:
        """Number of clips that belong to the complete corpus; others are song, or have unknown names."""
        if self.missing is not None and self.n_expected is not None:
            return self.n_expected - len(self.missing)
        return sum(bool(c.utterance.speaker) and c.utterance.vocal_channel != "song" for c in self.clips)

    def speaker(self, utterance: Utterance) -> str:
        """Return the speaker of an utterance, with the corpus if there are several."""
        name = utterance.speaker or UNKNOWN
        return f"{utterance.corpus}:{name}" if self.several_corpora else name

    def about_speakers(self) -> dict[str, tuple[str, float]]:
        """Return sex and age (NaN if unknown) of every speaker, sorted."""
        facts: dict[str, tuple[str, float]] = {}
        for clip in self.clips:
            name = self.speaker(clip.utterance)
            if not facts.get(name, ("",))[0]:
                facts[name] = clip.utterance.sex, clip.utterance.age
        return {name: facts[name] for name in sorted(facts, key=lambda name: (name.endswith(UNKNOWN), name))}

    def classes_by_speaker(self) -> "Classes":
        """Count the clips of each speaker and emotion."""
        there = Counter((self.speaker(c.utterance), c.utterance.emotion or UNKNOWN) for c in self.clips)
        absent = Counter((self.speaker(u), u.emotion) for u in self.missing or ())
        speakers = tuple(self.about_speakers())
        emotions = tuple(sorted({e for _, e in [*there, *absent]}, key=lambda e: (e == UNKNOWN, e)))

        def table(counts: Mapping[tuple[str, str], int]) -> np.ndarray:
            return np.array([[counts[s, e] for e in emotions] for s in speakers]).reshape(len(speakers), len(emotions))

        return Classes(speakers, emotions, table(there), table(absent))

    def missing_by_speaker(self) -> dict[str, tuple[str, ...]]:
        """Return the names of the missing clips of each speaker, sorted."""
        missing: dict[str, list[str]] = {}
        for utterance in self.missing or ():
            missing.setdefault(self.speaker(utterance), []).append(utterance.file)
        return {name: tuple(missing[name]) for name in sorted(missing)}

    def durations_by_emotion(self) -> dict[str, np.ndarray]:
        """Return the lengths in s of the readable clips of each emotion, sorted."""
        durations: dict[str, list[float]] = {}
        for clip in self.clips:
            if not math.isnan(clip.duration_s):
                durations.setdefault(clip.utterance.emotion or UNKNOWN, []).append(clip.duration_s)
        return {e: np.sort(durations[e]) for e in sorted(durations, key=lambda e: (e == UNKNOWN, e))}

    def formats(self) -> dict[str, dict[str, int]]:
        """Count containers, sample formats, rates and channels of the readable files, most frequent first."""
        sounds = [s for s in {c.utterance.path: c.sound for c in self.clips}.values() if s.rate_hz]
        return {
            "container": _counted(s.container or "other" for s in sounds),
            "samples": _counted(s.subtype or "other" for s in sounds),
            "sample rate": _counted(f"{s.rate_hz} Hz" for s in sounds),
            "channels": _counted(str(s.channels) for s in sounds),
        }

    def silences(self) -> dict[str, np.ndarray]:
        """Return the silence in s before and after the speech of clips that are whole files, sorted."""
        sounds = [c.sound for c in self.clips if c.is_whole_file and not math.isnan(c.sound.lead_s)]
        return {"before": np.sort([s.lead_s for s in sounds]), "after": np.sort([s.trail_s for s in sounds])}

    def variety(self) -> dict[str, dict[str, int]]:
        """Count the clips by language, vocal channel, intensity, sentence and take, if the corpus has them."""
        counts_by_name = {}
        for name in ("language", "vocal_channel", "intensity", "sentence", "take"):
            counts = _counted(value for c in self.clips if (value := getattr(c.utterance, name)))
            if counts:
                counts_by_name[name] = counts
        return counts_by_name


@dataclass(frozen=True, eq=False)
class Classes:
    """Number of clips of each speaker and emotion."""

    #: `speakers`, `emotions`: rows and columns
    speakers: tuple[str, ...]
    emotions: tuple[str, ...]
    there: np.ndarray  #: ndarray of int, shape (speakers, emotions): existing clips
    absent: np.ndarray  #: ndarray of int: missing clips of the complete corpus; 0 if unknown


def _counted(values: Iterable[str]) -> dict[str, int]:
    counts = Counter(values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
