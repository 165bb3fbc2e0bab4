"""Count the results of an extraction: clips, failures by cause, speakers, hours, speed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..audio.bandwidth import held_rate_hz
from ..audio.frames import SAMPLE_RATE_HZ
from ..datasets import Utterance
from ..features import Measured


@dataclass
class Tally:
    """Counts of the results of an extraction."""

    #: `clips`, `rows`: clips of the corpus, and rows of the table; a segmented recording gives several rows
    clips: int = 0
    rows: int = 0
    failed: Counter = field(default_factory=Counter)  #: clips without a row of values, by status
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)  #: for each status, a file and its error
    cached: int = 0  #: clips whose rows were in the cache
    audio_s: float = 0.0  #: total duration of all decoded recordings
    seconds: float = 0.0  #: wall-clock time
    #: `speakers`, `emotions`: measured clips by speaker (``corpus:speaker``) and by emotion; the empty name means
    #: unknown
    speakers: Counter = field(default_factory=Counter)
    emotions: Counter = field(default_factory=Counter)
    notes: int = 0  #: clips that have a note
    note: tuple[str, str] = ("", "")  #: a file with a note, and the note
    narrow: int = 0  #: measured clips with a bandwidth below that of 16 kHz
    corpora: Counter = field(default_factory=Counter)  #: clips by corpus
    #: `copies`, `copies_failed`: augmented copies, and those without a row of values, by status
    copies: int = 0
    copies_failed: Counter = field(default_factory=Counter)

    @property
    def ok(self) -> int:
        """Number of clips with at least one row of values."""
        return self.clips - self.failed.total()

    @property
    def clips_per_s(self) -> float:
        """Number of clips processed per second."""
        return self.clips / self.seconds

    @property
    def times_real_time(self) -> float:
        """Seconds of audio processed per second."""
        return self.audio_s / self.seconds

    def add(self, utterance: Utterance, rows: Sequence[Measured]) -> None:
        """Count a clip and its result."""
        self.clips += 1
        self.corpora[utterance.corpus] += 1
        facts = self._heard(utterance, rows)
        noted = [f["note"] for f in facts if f.get("note")]
        if noted:
            self.notes += 1
            self.note = self.note if self.note[0] else (utterance.file, noted[0])
        measured = [f for f in facts if f["status"] == "ok"]
        if not measured:
            self.failed[facts[0]["status"]] += 1
            return
        self.speakers[f"{utterance.corpus}:{utterance.speaker}" if utterance.speaker else ""] += 1
        self.emotions[utterance.emotion] += 1
        self.narrow += held_rate_hz(measured[0]["bandwidth_hz"], measured[0]["sample_rate_hz"]) < SAMPLE_RATE_HZ

    def add_copy(self, utterance: Utterance, rows: Sequence[Measured]) -> None:
        """Count an augmented copy of a clip."""
        self.copies += 1
        statuses = [f["status"] for f in self._heard(utterance, rows)]
        if "ok" not in statuses:
            self.copies_failed[statuses[0]] += 1

    def _heard(self, utterance: Utterance, rows: Sequence[Measured]) -> list[dict[str, Any]]:
        """Return the facts of the rows, and count their duration and failures."""
        facts = [row.facts for row in rows]
        self.audio_s += sum(f["end"] - f.get("start", 0.0) for f in facts if "end" in f)
        for f in facts:
            if f["status"] != "ok":
                self.examples.setdefault(f["status"], (utterance.file, f["error"]))
        return facts
