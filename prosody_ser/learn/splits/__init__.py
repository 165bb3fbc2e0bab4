"""Folds that keep speakers apart."""

from .splitters import (
    FixedSpeakerSplit,
    LeaveOneSpeakerOut,
    RepeatedSpeakerKFold,
    SpeakerKFold,
    SpeakerSentenceKFold,
    SpeakerSplitter,
)

__all__ = [
    "FixedSpeakerSplit",
    "LeaveOneSpeakerOut",
    "RepeatedSpeakerKFold",
    "SpeakerKFold",
    "SpeakerSentenceKFold",
    "SpeakerSplitter",
]
