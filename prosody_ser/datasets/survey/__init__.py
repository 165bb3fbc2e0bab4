"""What a corpus folder holds: what is there, what is missing, what is there twice, and which files are odd."""

from .corpus import survey
from .overview import Survey

__all__ = ["Survey", "survey"]
