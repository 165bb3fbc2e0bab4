"""Describe groups of copies: their differences, and contradictions between their labels."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .duplicates import LOSSLESS, Copies
from .overview import Clip, Duplicate

#: Labels in which copies should agree. Different speakers or emotions mean a leak or a wrong label.
_GRAVE = ("speaker", "emotion")
_LABELS = (*_GRAVE, "sentence", "intensity", "vocal_channel", "take", "sex")
#: A smaller difference of levels is a rounding error.
_LEVEL_DB = 0.2


def described_copies(copies: Sequence[Copies], paths: Sequence[str], clips: Sequence[Clip]) -> list[Duplicate]:
    """Describe copies (indices of `paths`) by names, differences and conflicts; grave conflicts come first."""
    by_path = defaultdict(list)
    for clip in clips:
        by_path[clip.utterance.path].append(clip)
    duplicates = []
    for group in copies:
        firsts = [by_path[paths[i]][0] for i in group.indices]
        members = [clip for i in group.indices for clip in by_path[paths[i]]]
        conflicts = _conflicts(members)
        duplicates.append(
            Duplicate(
                files=tuple(clip.utterance.file for clip in firsts),
                identical=group.identical,
                correlation=group.correlation,
                differences=() if group.identical else tuple(_differences(firsts, group.correlation)),
                conflicts=tuple(f"{label}: {_listed(values)}" for label, values in conflicts.items()),
                grave=any(label in conflicts for label in _GRAVE),
            )
        )
    return sorted(duplicates, key=lambda d: (not d.grave, d.files))


def _conflicts(members: Sequence[Clip]) -> dict[str, list[str]]:
    """Return the labels for which the clips have different values; a missing label is not a conflict."""
    corpora = {c.utterance.corpus for c in members}
    conflicts = {}
    for label in _LABELS:
        values = {value for c in members if (value := getattr(c.utterance, label))}
        if label == "speaker" and len(corpora) > 1:
            values = {f"{c.utterance.corpus}:{c.utterance.speaker}" for c in members if c.utterance.speaker}
        if len(values) > 1:
            conflicts[label] = sorted(values)
    return conflicts


def _differences(firsts: Sequence[Clip], correlation: float) -> Iterator[str]:
    sounds = [clip.sound for clip in firsts]
    for name, unit in (("container", ""), ("subtype", ""), ("rate_hz", " Hz"), ("channels", " channels")):
        values = sorted({getattr(s, name) for s in sounds})
        if len(values) > 1:
            yield _listed(map(str, values)) + unit
    peaks = [s.peak for s in sounds if s.peak > 0]
    level_db = 20 * math.log10(max(peaks) / min(peaks))
    if level_db >= _LEVEL_DB:
        yield f"levels differ by {level_db:.1f} dB"
    lengths = [s.duration_s for s in sounds]
    if max(lengths) - min(lengths) >= 0.01:
        yield f"{min(lengths):.2f} to {max(lengths):.2f} s long"
    if correlation < LOSSLESS:
        yield f"the sounds differ slightly (correlation {correlation:.3f}), as after lossy coding"


def _listed(values: Iterable[str]) -> str:
    values = list(values)
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"
