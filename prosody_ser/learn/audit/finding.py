"""One finding of the leak audit."""

from dataclasses import asdict, dataclass, field
from typing import Any

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
#: Largest number of names or pairs listed in the evidence.
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """A fault or a remarkable property of the data, and its effect on a score."""

    #: {"error", "warning", "note"}: an error makes the score wrong; a warning may do so; a note helps to explain the
    #: score
    severity: str
    check: str  #: name of the check, one of :data:`prosody_ser.learn.audit.CHECKS` or ``permuted labels``
    sentence: str  #: description of the finding
    effect: str  #: effect on the score
    evidence: dict[str, Any] = field(default_factory=dict)  #: numbers and a few names, as JSON data

    @property
    def data(self) -> dict[str, Any]:
        """The finding as plain data, as in ``result.json``."""
        return asdict(self)
