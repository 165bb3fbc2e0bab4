"""The limits of a service."""

import math
import os
from dataclasses import dataclass, field

from ..errors import ProtocolError, whole_number

MB = 1_000_000
#: Largest number of recordings in one request.
MOST_FILES = 32


@dataclass(frozen=True)
class Limits:
    """The limits of a service; a request that exceeds one is answered with an error."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)  #: number of worker processes
    requests: int = 16  #: largest number of requests that are handled, or wait for a worker, at the same time
    size_mb: float = 32.0  #: largest size of the body of a request
    duration_s: float = 600.0  #: largest duration of a recording
    time_s: float = 60.0  #: time limit for receiving a request, and again for answering it

    def __post_init__(self) -> None:
        whole_number("workers", self.workers, 1)
        whole_number("requests", self.requests, 1)
        for name in ("size_mb", "duration_s", "time_s"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise ProtocolError(f"{name} must be more than 0 (got {value:g})")

    @property
    def size_bytes(self) -> int:
        """Largest size of the body of a request, in bytes."""
        return int(self.size_mb * MB)
