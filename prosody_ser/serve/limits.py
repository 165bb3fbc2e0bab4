"""What a service takes at the most."""

import math
import os
from dataclasses import dataclass, field

from ..errors import ProtocolError, whole_number

MB = 1_000_000
#: Recordings in one request.
MOST_FILES = 32


@dataclass(frozen=True)
class Limits:
    """What a service takes at the most; a request beyond it gets an answer that says so."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)  #: processes that measure
    requests: int = 16  #: requests that are being handled or wait for a process, at once
    size_mb: float = 32.0  #: of the body of a request
    duration_s: float = 600.0  #: of a recording
    time_s: float = 60.0  #: that a request may take once it is received, and that receiving it may take

    def __post_init__(self) -> None:
        whole_number("workers", self.workers, 1)
        whole_number("requests", self.requests, 1)
        for name in ("size_mb", "duration_s", "time_s"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise ProtocolError(f"{name} is {value:g}: take more than 0")

    @property
    def size_bytes(self) -> int:
        """Of the body of a request."""
        return int(self.size_mb * MB)
