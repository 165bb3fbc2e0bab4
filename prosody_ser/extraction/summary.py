"""What came of an extraction, counted as it goes: clips, failures by cause, speakers, hours, speed."""

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
    """Counts of an extraction."""

    #: `clips`, `rows`: what the corpus lists, and what the table holds: a segmented recording gives several rows
    clips: int = 0
    rows: int = 0
    failed: Counter = field(default_factory=Counter)  #: clips that gave no row of values, by status
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)  #: of each status a file and what is said of it
    cached: int = 0  #: clips whose rows were there from an earlier run
    audio_s: float = 0.0  #: duration of all that could be decoded
    seconds: float = 0.0  #: wall-clock time
    #: `speakers`, `emotions`: measured clips of each; the empty name stands for unknown. Speakers as
    #: ``corpus:speaker``.
    speakers: Counter = field(default_factory=Counter)
    emotions: Counter = field(default_factory=Counter)
    notes: int = 0  #: clips that have a note
    note: tuple[str, str] = ("", "")  #: one of them and what it is
    narrow: int = 0  #: measured clips recorded below 16 kHz
    corpora: Counter = field(default_factory=Counter)  #: clips by corpus
    #: `copies`, `copies_failed`: changed copies of clips; those of them that gave no row of values, by status
    copies: int = 0
    copies_failed: Counter = field(default_factory=Counter)

    @property
    def ok(self) -> int:
        """Clips that gave at least one row of values."""
        return self.clips - self.failed.total()

    @property
    def clips_per_s(self) -> float:
        """Clips through in each second."""
        return self.clips / self.seconds

    @property
    def times_real_time(self) -> float:
        """Seconds of audio through in each second."""
        return self.audio_s / self.seconds

    def add(self, utterance: Utterance, rows: Sequence[Measured]) -> None:
        """Count a clip and what came of it."""
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
        """Count a changed copy of a clip."""
        self.copies += 1
        statuses = [f["status"] for f in self._heard(utterance, rows)]
        if "ok" not in statuses:
            self.copies_failed[statuses[0]] += 1

    def _heard(self, utterance: Utterance, rows: Sequence[Measured]) -> list[dict[str, Any]]:
        """What is said of the rows; their duration and what failed are counted."""
        facts = [row.facts for row in rows]
        self.audio_s += sum(f["end"] - f.get("start", 0.0) for f in facts if "end" in f)
        for f in facts:
            if f["status"] != "ok":
                self.examples.setdefault(f["status"], (utterance.file, f["error"]))
        return facts
