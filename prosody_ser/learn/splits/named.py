"""Splitters by name or number of folds."""

from numbers import Integral
from typing import Any

from ...errors import ProtocolError
from .splitters import (
    DEFAULT_N_FOLDS,
    FixedSpeakerSplit,
    LeaveOneSpeakerOut,
    RepeatedSpeakerKFold,
    SpeakerKFold,
    SpeakerSentenceKFold,
)

MAX_LOSO_SPEAKERS = 24


def make_splitter(folds: Any, n_speakers: int, seed: int = 0) -> Any:
    """Make the splitter that `folds` describes.

    Parameters
    ----------
    folds : {"auto", "loso", "fixed", "speaker-sentence"} or int or str or splitter
        ``"auto"`` is leave-one-speaker-out for up to 24 speakers, and 10 grouped, stratified folds for more. ``"5x3"``
        is 5 folds, repeated 3 times. ``"fixed:70/10/20"`` gives the shares of train, validation and test.
        ``"speaker-sentence:5x2"`` gives the numbers of folds of speakers and of sentences. A splitter object is
        returned unchanged.
    n_speakers : int
    seed : int

    Returns
    -------
    splitter

    Raises
    ------
    ProtocolError
        If `folds` is not one of these, or there are fewer speakers than folds.
    """
    if hasattr(folds, "split") and not isinstance(folds, str):
        return folds
    unknown = ProtocolError(
        f"unknown folds {folds!r}: use 'loso', a number of folds, '5x3' (5 folds, 3 times), 'fixed' or "
        "'fixed:70/10/20', 'speaker-sentence' or 'speaker-sentence:5x2', or 'split' for the table's column"
    )
    if not isinstance(folds, str | Integral):
        raise unknown
    if folds == "auto":
        folds = "loso" if n_speakers <= MAX_LOSO_SPEAKERS else DEFAULT_N_FOLDS
    if folds == "loso":
        return LeaveOneSpeakerOut()
    name, _, rest = str(folds).partition(":")
    try:
        if name == "fixed":
            train, validation, test = [float(share) for share in rest.split("/")] if rest else [60, 20, 20]
            return FixedSpeakerSplit(train, validation, test, seed)
        if name == "speaker-sentence":
            by_speaker, by_sentence = [int(n) for n in rest.split("x")] if rest else [None, None]
            return SpeakerSentenceKFold(by_speaker, by_sentence, seed)
        n_folds, *repeats = (int(n) for n in str(folds).split("x"))
        (n_repeats,) = repeats or [1]
    except ValueError:
        raise unknown from None
    if not 2 <= n_folds <= n_speakers:
        raise ProtocolError(
            f"the number of folds must be from 2 to {n_speakers}, the number of speakers (got {n_folds}); use 'loso' "
            "for one fold per speaker"
        )
    if n_repeats < 1:
        raise ProtocolError(f"the number of repeats of the folds must be at least 1 (got {n_repeats})")
    return SpeakerKFold(n_folds, seed) if n_repeats == 1 else RepeatedSpeakerKFold(n_folds, n_repeats, seed)
