"""Stub until merged."""

from collections.abc import Iterator
from dataclasses import dataclass

from .audio import Audio
from .errors import ProtocolError, RecordingError


@dataclass(frozen=True)
class Segmentation:
    text: str


def parse_segmentation(text: str) -> Segmentation:
    raise ProtocolError("not yet")


def segments(path: str, segmentation: Segmentation) -> Iterator[tuple[float, float, Audio | RecordingError]]:
    raise NotImplementedError
