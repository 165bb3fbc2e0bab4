"""The findings of a leak audit, as a part of another page."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..protocol import audit_in_short
from .page import environment

_ORDER = ("error", "warning", "note")


def audit_part(findings: Sequence[Mapping[str, Any]]) -> str:
    """Format all findings, the most severe first: what was found and how it affects the score.

    Parameters
    ----------
    findings : sequence of dict
        As under ``audit`` in a result.
    """
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding["severity"]))
    return environment().get_template("audit_part.html").render(short=audit_in_short(findings), findings=ordered)
