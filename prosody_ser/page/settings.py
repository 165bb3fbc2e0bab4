"""Settings from the command: the model, and the address on which the page is served."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

#: Largest size of a recording in MB, and largest number of recordings.
MOST_MB, MOST_CLIPS = 100, 20


@dataclass
class Settings:
    """Settings of this process. They are global, because Streamlit runs the page's script again for every click."""

    model: Path | None = None  #: None for the default model
    host: str = "127.0.0.1"

    @property
    def only_here(self) -> bool:
        """Whether no other machine can reach the page, so that the page may read folders of this machine."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address is a loopback address, which other machines cannot reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


settings = Settings()
