"""One thing that an audit found."""

from dataclasses import asdict, dataclass, field
from typing import Any

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
#: Names and pairs listed in the evidence, at most.
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """What is wrong or worth knowing, and what it does to a score."""

    #: {"error", "warning", "note"}: an error makes the score wrong; a warning may; a note is for whoever explains the
    #: score
    severity: str
    check: str  #: which check found it, one of :data:`prosody_ser.learn.audit.CHECKS` or ``permuted labels``
    sentence: str  #: what was found
    effect: str  #: what it does to the score
    evidence: dict[str, Any] = field(default_factory=dict)  #: numbers and up to a few names, as JSON can hold them

    @property
    def data(self) -> dict[str, Any]:
        """The finding as plain data, as it stands in ``result.json``."""
        return asdict(self)
