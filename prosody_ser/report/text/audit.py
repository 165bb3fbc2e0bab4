"""The findings of a leak audit, as plain text for a terminal."""

from collections.abc import Sequence
from typing import Any

from ...terminal_view import fits, readable
from ..protocol import audit_in_short

_ORDER = ("error", "warning", "note")


@fits
def audit_text(findings: Sequence[dict[str, Any]], n_checks: int | None = None) -> str:
    """Format all findings in full: what was found and how it affects the score.

    Parameters
    ----------
    findings : sequence of dict
        As under ``audit`` in a result: `severity`, `check`, `sentence`, `effect`, `evidence`.
    n_checks : int, optional
        Number of checks that ran.
    """
    ran = f"{n_checks} checks: " if n_checks else ""
    lines = [f"{ran}{audit_in_short(findings)}"]
    for finding in sorted(readable(findings), key=lambda finding: _ORDER.index(finding["severity"])):
        lines += ["", f"{finding['severity'].upper()} ({finding['check']}): {finding['sentence']}"]
        lines.append(f"    effect on the score: {finding['effect']}")
    return "\n".join(lines)


def audit_lines(findings: Sequence[dict[str, Any]]) -> list[str]:
    """Format the findings briefly: their number, and each error and warning in one line."""
    lines = [f"audit: {audit_in_short(findings)}" + (" (see 'prosody-ser audit')" if findings else "")]
    return lines + [
        f"  {finding['severity'].upper()} ({finding['check']}): {finding['sentence']}"
        for finding in findings
        if finding["severity"] != "note"
    ]
