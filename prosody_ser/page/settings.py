"""What the command was told: which model, and who can reach the page."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

#: Bytes of a recording, at the most, and recordings at once.
MOST_MB, MOST_CLIPS = 100, 20


@dataclass
class Settings:
    """Of this process; Streamlit runs the page's script anew for every click, so that nothing else can hold them."""

    model: Path | None = None  #: None: the default model
    host: str = "127.0.0.1"

    @property
    def only_here(self) -> bool:
        """Whether nobody but this machine can reach the page, so that it may read the machine's folders."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own, which no other can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


settings = Settings()
