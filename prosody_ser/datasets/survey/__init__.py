"""Survey a corpus folder: its clips, missing clips, duplicates, and unusual files."""

from .corpus import survey
from .overview import Survey

__all__ = ["Survey", "survey"]
