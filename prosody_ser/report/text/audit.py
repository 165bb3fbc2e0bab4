"""What a leak audit found, and what the wrong protocol gives, as plain text for a terminal."""

from collections.abc import Sequence
from typing import Any

from ...terminal_view import fits, readable
from ..grid import grid
from ..protocol import audit_in_short

_ORDER = ("error", "warning", "note")


@fits
def audit_text(findings: Sequence[dict[str, Any]], n_checks: int | None = None) -> str:
    """All findings at length: what was found and what it does to the score.

    Parameters
    ----------
    findings : sequence of dict
        As under ``audit`` in a result: `severity`, `check`, `sentence`, `effect`, `evidence`.
    n_checks : int, optional
        How many checks ran.
    """
    ran = f"{n_checks} checks: " if n_checks else ""
    lines = [f"{ran}{audit_in_short(findings)}"]
    for finding in sorted(readable(findings), key=lambda finding: _ORDER.index(finding["severity"])):
        lines += ["", f"{finding['severity'].upper()} ({finding['check']}): {finding['sentence']}"]
        lines.append(f"    to the score: {finding['effect']}")
    return "\n".join(lines)


def audit_lines(findings: Sequence[dict[str, Any]]) -> list[str]:
    """Briefly, for beside a score: how many, and each error and warning in one line."""
    lines = [f"audit: {audit_in_short(findings)}" + (" (see 'prosody-ser audit')" if findings else "")]
    return lines + [
        f"  {finding['severity'].upper()} ({finding['check']}): {finding['sentence']}"
        for finding in findings
        if finding["severity"] != "note"
    ]


def naive_text(data: dict[str, Any]) -> str:
    """The right score, the wrong protocol's, and the difference, which is all that the latter is good for."""
    naive = data["naive"]
    rows = [
        [name, f"{data[key]:.3f}", _struck(naive[f"inflated_{key}"]), f"{naive[f'inflation_of_{key}']:+.3f}"]
        for key, name in (("uar", "UAR"), ("accuracy", "accuracy"))
    ]
    scores = grid(["", "right", "naive", "inflation"], rows)
    return f"{scores}\nnaive: {naive['not_the_score']} {naive['protocol']}"


def _struck(value: float) -> str:
    """In brackets, so that no eye and no script takes it for the score."""
    return f"({value:.3f})"
