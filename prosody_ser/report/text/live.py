"""What is being heard, for a terminal: a view that is drawn over and over, lines, and a summary."""

import math
from collections.abc import Sequence
from typing import Any

from ...terminal_view import fits, one_line

LEAST_DB, LOUDEST_DB = -70.0, 0.0
LOWEST_HZ, HIGHEST_HZ = 60.0, 600.0
BAR = 30
_WORD = {"silence": "nobody speaks", "ok": "speech"}
_UNSURE = "not sure"


def live_view(moment: Any, labels: tuple[str, ...], title: str, notes: tuple[str, ...] = ()) -> Any:
    """One hop, or None before the first, as a view for rich; `notes` stand below it."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    facts, bars = Table.grid(padding=(0, 2)), Table.grid(padding=(0, 2))
    for table, style in ((facts, "dim"), (bars, "")):
        table.add_column(style=style, width=_width(labels))
        table.add_column(width=BAR)
        table.add_column(justify="right", min_width=18)
    if moment is None:
        return Panel(
            Text("starting ...", style="dim"), title=Text(one_line(title)), title_align="left", width=_panel(labels)
        )
    level, pitch = moment.level_db, moment.pitch_hz
    facts.add_row("level", _bar(_share(level, LEAST_DB, LOUDEST_DB), "green"), _said(level, "{:.0f} dB"))
    octaves = _share(_log(pitch), math.log2(LOWEST_HZ), math.log2(HIGHEST_HZ))
    facts.add_row("pitch", _bar(octaves, "cyan", mark=True), _said(pitch, "{:.0f} Hz"))
    novel = _said(moment.novelty, "farther than {:.0%}")
    facts.add_row("novelty", _bar(_share(moment.novelty, 0, 1), "yellow"), novel)
    shown = moment.smoothed
    head = Text(f"{_clock(moment.end_s)}   ")
    if shown is None:
        head.append(_WORD.get(moment.status, one_line(f"{moment.status}: {moment.error}")), style="dim")
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
            _said(share, "{:.0%}"),
        )
    below = [f"{moment.dropped_s:.1f} s of sound dropped: too slow"] if moment.dropped_s else []
    below += notes
    last = [Text(), *(Text(note, style="dim") for note in below)] if below else []
    body = Group(head, Text(), facts, Text(), bars, *last)
    return Panel(body, title=Text(one_line(title)), title_align="left", width=_panel(labels))


def live_line(moment: Any) -> str:
    """One hop as a line, where there is no terminal to draw on."""
    start = f"{moment.end_s:9.2f} s  {_said(moment.level_db, '{:4.0f} dB')}"
    shown = moment.smoothed
    if shown is None:
        return f"{start}  {_WORD.get(moment.status, one_line(f'{moment.status}: {moment.error}'))}"
    unsure = f"{_UNSURE} ({shown.abstain_reason}): {shown.label}?" if shown.abstain else shown.label
    pitch, novelty = _said(moment.pitch_hz, "{:.0f} Hz"), _said(moment.novelty, "{:.2f}")
    return f"{start}  {pitch:>6}  {unsure}  {shown.confidence:.2f}  novelty {novelty}"


@fits
def live_summary(summary: Any) -> str:
    """What came of listening, in a few lines."""
    lines = [f"heard     {_clock(summary.heard_s)}: {summary.hops} windows, {summary.measured} with speech"]
    if summary.hops == 0:
        lines[0] = f"heard     {summary.heard_s:.1f} s: less than a window needs"
    if summary.measured:
        named = ", ".join(f"{label} {n / summary.measured:.0%}" for label, n in summary.labels.most_common())
        unsure = f"{_UNSURE} {summary.abstained / summary.measured:.0%}" if summary.abstained else ""
        lines.append(f"emotions  {'; '.join(part for part in (named, unsure) if part)}")
    if summary.failed:
        counts = ", ".join(f"{status} {n}" for status, n in summary.failed.most_common())
        lines.append(f"failed    {counts}")
    if summary.dropped_s or summary.skipped or summary.overruns:
        parts = [f"{summary.dropped_s:.1f} s of sound", f"{summary.skipped} windows"]
        own = f"; the microphone itself overran {summary.overruns} times" if summary.overruns else ""
        lines.append(f"dropped   {' and '.join(parts)}, oldest first: the analysis was too slow{own}")
    return "\n".join(lines)


def _width(labels: Sequence[str]) -> int:
    return max(len("novelty"), *(len(label) for label in labels))


def _panel(labels: Sequence[str]) -> int:
    return _width(labels) + BAR + 18 + 2 * 2 + 4


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{seconds % 60:04.1f}"


def _said(value: float, form: str) -> str:
    return form.format(value) if math.isfinite(value) else "-"


def _log(hz: float) -> float:
    return math.log2(hz) if hz > 0 else math.nan


def _share(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0) if math.isfinite(value) else math.nan


def _bar(share: float, colour: str, mark: bool = False) -> Any:
    """A bar, or a mark at its end only; empty where there is no value."""
    from rich.text import Text

    if not math.isfinite(share):
        return Text("·" * BAR, style="dim")
    n = round(share * BAR)
    if mark:
        place = min(n, BAR - 1)
        return Text.assemble(("·" * place, "dim"), ("●", colour), ("·" * (BAR - 1 - place), "dim"))
    return Text.assemble(("█" * n, colour), ("·" * (BAR - n), "dim"))
