"""Live predictions for a terminal: a view that is redrawn at each hop, lines, and a summary."""

import math
from collections.abc import Sequence
from typing import Any

from ....errors import counted
from ....terminal_view import fits, one_line

LEAST_DB, LOUDEST_DB = -70.0, 0.0
LOWEST_HZ, HIGHEST_HZ = 60.0, 600.0
BAR = 30
_WORD = {"silence": "nobody speaks", "ok": "speech"}
_UNSURE = "not sure"


def live_view(hop: Any, labels: tuple[str, ...], title: str, notes: tuple[str, ...] = ()) -> Any:
    """Lay out one hop (None before the first) as a view for rich, with `notes` below it."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    facts, bars = Table.grid(padding=(0, 2)), Table.grid(padding=(0, 2))
    for table, style in ((facts, "dim"), (bars, "")):
        table.add_column(style=style, width=_width(labels))
        table.add_column(width=BAR)
        table.add_column(justify="right", min_width=18)
    if hop is None:
        return Panel(
            Text("starting ...", style="dim"), title=Text(one_line(title)), title_align="left", width=_panel(labels)
        )
    level, pitch = hop.level_db, hop.pitch_hz
    facts.add_row("level", _bar(_share(level, LEAST_DB, LOUDEST_DB), "green"), _formatted(level, "{:.0f} dB"))
    octaves = _share(_log(pitch), math.log2(LOWEST_HZ), math.log2(HIGHEST_HZ))
    facts.add_row("pitch", _bar(octaves, "cyan", mark=True), _formatted(pitch, "{:.0f} Hz"))
    novel = _formatted(hop.novelty, "farther than {:.0%}")
    facts.add_row("novelty", _bar(_share(hop.novelty, 0, 1), "yellow"), novel)
    shown = hop.smoothed
    head = Text(f"{_clock(hop.end_s)}   ")
    if shown is None:
        head.append(_WORD.get(hop.status, one_line(f"{hop.status}: {hop.error}")), style="dim")
    elif shown.abstain:
        head.append(f"{_UNSURE} ({shown.abstain_reason})", style="bold yellow")
        head.append(f"   {shown.label}? {shown.confidence:.0%}", style="dim")
    else:
        head.append(shown.label, style="bold")
        head.append(f"   {shown.confidence:.0%}")
    for label in labels:
        share = shown.probabilities[label] if shown else math.nan
        best = shown is not None and label == shown.label
        bars.add_row(
            Text(label, style="bold" if best else ""),
            _bar(share, "magenta" if best else "blue"),
            _formatted(share, "{:.0%}"),
        )
    below = [f"{hop.dropped_s:.1f} s of sound dropped: the analysis is too slow"] if hop.dropped_s else []
    below += notes
    footer = [Text(), *(Text(note, style="dim") for note in below)] if below else []
    body = Group(head, Text(), facts, Text(), bars, *footer)
    return Panel(body, title=Text(one_line(title)), title_align="left", width=_panel(labels))


def live_line(hop: Any) -> str:
    """Format one hop as a line, for output that does not go to a terminal."""
    start = f"{hop.end_s:9.2f} s  {_formatted(hop.level_db, '{:4.0f} dB')}"
    shown = hop.smoothed
    if shown is None:
        return f"{start}  {_WORD.get(hop.status, one_line(f'{hop.status}: {hop.error}'))}"
    unsure = f"{_UNSURE} ({shown.abstain_reason}): {shown.label}?" if shown.abstain else shown.label
    pitch, novelty = _formatted(hop.pitch_hz, "{:.0f} Hz"), _formatted(hop.novelty, "{:.2f}")
    return f"{start}  {pitch:>6}  {unsure}  {shown.confidence:.2f}  novelty {novelty}"


@fits
def live_summary(summary: Any) -> str:
    """Summarise all hops in a few lines."""
    lines = [f"heard     {_clock(summary.heard_s)}: {counted(summary.hops, 'window')}, {summary.measured} with speech"]
    if summary.hops == 0:
        lines[0] = f"heard     {summary.heard_s:.1f} s: shorter than the shortest window"
    if summary.measured:
        named = ", ".join(f"{label} {n / summary.measured:.0%}" for label, n in summary.labels.most_common())
        unsure = f"{_UNSURE} {summary.abstained / summary.measured:.0%}" if summary.abstained else ""
        lines.append(f"emotions  {'; '.join(part for part in (named, unsure) if part)}")
    if summary.failed:
        counts = ", ".join(f"{status} {n}" for status, n in summary.failed.most_common())
        lines.append(f"failed    {counts}")
    if summary.dropped_s or summary.skipped or summary.overruns:
        parts = [f"{summary.dropped_s:.1f} s of sound", f"{counted(summary.skipped, 'window')}"]
        overruns = f"; the microphone's buffer overflowed {summary.overruns} times" if summary.overruns else ""
        lines.append(f"dropped   {' and '.join(parts)}, oldest first: the analysis was too slow{overruns}")
    return "\n".join(lines)


def _width(labels: Sequence[str]) -> int:
    return max(len("novelty"), *(len(label) for label in labels))


def _panel(labels: Sequence[str]) -> int:
    return _width(labels) + BAR + 18 + 2 * 2 + 4


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{seconds % 60:04.1f}"


def _formatted(value: float, form: str) -> str:
    return form.format(value) if math.isfinite(value) else "-"


def _log(hz: float) -> float:
    return math.log2(hz) if hz > 0 else math.nan


def _share(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0) if math.isfinite(value) else math.nan


def _bar(share: float, colour: str, mark: bool = False) -> Any:
    """Draw a bar, or with `mark` only its end; empty where there is no value."""
    from rich.text import Text

    if not math.isfinite(share):
        return Text("·" * BAR, style="dim")
    n = round(share * BAR)
    if mark:
        position = min(n, BAR - 1)
        return Text.assemble(("·" * position, "dim"), ("●", colour), ("·" * (BAR - 1 - position), "dim"))
    return Text.assemble(("█" * n, colour), ("·" * (BAR - n), "dim"))
