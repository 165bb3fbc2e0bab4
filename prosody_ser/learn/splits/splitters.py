"""Speaker-disjoint folds. The splitters read the speaker from X's index, so no tool can forget to pass groups."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.model_selection import BaseCrossValidator

from ...errors import ProtocolError
from ..speakers.names import speakers_of
from .grouped import as_partition, drawn_parts, grouped_folds
from .sentences import sentences_of

MAX_LOSO_SPEAKERS = 24
DEFAULT_N_FOLDS = 10
#: Folds of speakers, and of sentences, of a speaker-and-sentence-disjoint split, at most, if not said otherwise.
SENTENCE_GRID = 5
#: Random assignments of speakers that a fixed split, and each repeat of repeated folds, chooses from.
N_DRAWS = 200


@dataclass(frozen=True, eq=False)
class Fold:
    """Positions in X of one fold's parts; what is in none is not used in it."""

    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))


class SpeakerSplitter(BaseCrossValidator):
    """Base of the splitters here: scikit-learn's `split`, and what an evaluation must know besides.

    Attributes
    ----------
    n_repeats : int
        How often each clip is held out.
    partial : bool
        Whether some clips may never be held out.
    sentence_disjoint : bool
        Whether no sentence is in both train and test either.
    """

    n_repeats = 1
    partial = False
    sentence_disjoint = False

    def folds(self, X: pd.DataFrame, y: ArrayLike) -> Iterator[Fold]:
        """Yield each :class:`Fold`."""
        raise NotImplementedError

    def split(self, X: pd.DataFrame, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield train and test indices."""
        for fold in self.folds(X, y):
            yield fold.train, fold.test

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return sum(1 for _ in self.folds(X, y))

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        return f"{len(folds)} speaker-disjoint folds"


class LeaveOneSpeakerOut(SpeakerSplitter):
    """Each fold holds out all clips of one speaker."""

    def folds(self, X: pd.DataFrame, y: ArrayLike | None = None) -> Iterator[Fold]:
        """Yield each fold, speakers in sorted order."""
        speakers = speakers_of(X)
        names = np.unique(speakers)
        if names.size < 2:
            raise ProtocolError(f"one speaker only ({names[0]}): to leave one out takes two or more")
        for name in names:
            own = speakers == name
            yield Fold(np.flatnonzero(~own), np.flatnonzero(own))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of speakers in X."""
        return np.unique(speakers_of(X)).size

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        return "leave one speaker out"


class SpeakerKFold(SpeakerSplitter):
    """Stratified k-fold in which no speaker is on both sides.

    Parameters
    ----------
    n_splits : int
        Number of folds, at most the number of speakers.
    seed : int
        Seed of the assignment of speakers to folds.
    """

    def __init__(self, n_splits: int = DEFAULT_N_FOLDS, seed: int = 0) -> None:
        self.n_splits = n_splits
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: ArrayLike) -> Iterator[Fold]:
        """Yield each fold."""
        fold_of = grouped_folds(y, speakers_of(X), self.n_splits, self.seed)
        for number in range(self.n_splits):
            yield Fold(np.flatnonzero(fold_of != number), np.flatnonzero(fold_of == number))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return self.n_splits

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        alone = self.n_splits == np.unique(speakers_of(X)).size
        return "leave one speaker out" if alone else super().describe(folds, X)


class RepeatedSpeakerKFold(SpeakerSplitter):
    """Stratified k-fold several times, no speaker on both sides, each time with other speakers together.

    Each repeat takes the best stratified of many random assignments that no earlier repeat had. (Of
    :class:`SpeakerKFold`, as of scikit-learn's StratifiedGroupKFold, every seed can give the same folds.)

    Parameters
    ----------
    n_splits : int
        Number of folds of each repeat.
    n_repeats : int
    seed : int
        Seed of the assignments.
    """

    def __init__(self, n_splits: int = DEFAULT_N_FOLDS, n_repeats: int = 5, seed: int = 0) -> None:
        self.n_splits = n_splits
        self.n_repeats = n_repeats
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: ArrayLike) -> Iterator[Fold]:
        """Yield each fold, repeat after repeat."""
        speakers = speakers_of(X)
        first = np.unique(speakers, return_index=True)[1]
        n_speakers = first.size
        if not 2 <= self.n_splits <= n_speakers:
            raise ProtocolError(f"{self.n_splits} folds of {n_speakers} speakers: take from 2 to {n_speakers}")
        sizes = [len(part) for part in np.array_split(np.arange(n_speakers), self.n_splits)]
        rng = np.random.default_rng(self.seed)
        taken: set[frozenset] = set()
        for repeat in range(self.n_repeats):
            parts = drawn_parts(y, speakers, sizes, [], rng, N_DRAWS, taken)
            if parts is None:
                raise ProtocolError(
                    f"{self.n_splits} folds of {n_speakers} speakers can be drawn {repeat} time(s) before they are the "
                    "same again: take fewer repeats or other folds"
                )
            taken.add(as_partition(parts[first]))
            for number in range(self.n_splits):
                yield Fold(np.flatnonzero(parts != number), np.flatnonzero(parts == number))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds over all repeats."""
        return self.n_splits * self.n_repeats

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        return f"{self.n_splits} speaker-disjoint folds, {self.n_repeats} times"


class FixedSpeakerSplit(SpeakerSplitter):
    """One fold: speakers to train on, to validate on, and to test on.

    Of many random assignments of speakers the one is taken whose parts come nearest to their share of every class.

    Parameters
    ----------
    train, validation, test : float
        Shares of the speakers, in any unit (0.6, 0.2, 0.2 or 60, 20, 20); each part has one speaker at least, the
        validation part none if its share is 0. Validation clips are neither trained on nor scored: they are for
        choosing between models.
    seed : int
        Seed of the assignments.
    """

    partial = True

    def __init__(self, train: float = 0.6, validation: float = 0.2, test: float = 0.2, seed: int = 0) -> None:
        self.train = train
        self.validation = validation
        self.test = test
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: ArrayLike) -> Iterator[Fold]:
        """Yield the one fold."""
        shares = np.array([self.train, self.validation, self.test], dtype=float)
        if not (np.isfinite(shares).all() and (shares >= 0).all() and shares[0] > 0 and shares[2] > 0):
            raise ProtocolError(f"shares {_listed(shares)}: train and test need one above 0, validation 0 or more")
        speakers = speakers_of(X)
        sizes = _sizes(shares / shares.sum(), np.unique(speakers).size)
        part_of = drawn_parts(y, speakers, sizes, [0, 2], np.random.default_rng(self.seed), N_DRAWS)
        yield Fold(*(np.flatnonzero(part_of == part) for part in (0, 2, 1)))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """One."""
        return 1

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        speakers = speakers_of(X)
        parts = zip(("train", "validation", "test"), (folds[0].train, folds[0].validation, folds[0].test), strict=True)
        counts = (f"{np.unique(speakers[rows]).size} {name}" for name, rows in parts if len(rows))
        return f"one fixed split, speakers: {', '.join(counts)}"


class SpeakerSentenceKFold(SpeakerSplitter):
    """Folds in which a test clip's speaker and sentence are both unseen.

    Speakers are dealt to some folds and sentences to others; each pair of them is one fold, which tests the clips in
    both and trains on those in neither. Clips in only one of the two are left out of that fold's training. Each clip
    is held out once. Pairs without a clip make no fold.

    Parameters
    ----------
    n_speaker_folds, n_sentence_folds : int or None
        None: 5, or as many as there are if fewer.
    seed : int
        Seed of both assignments.
    """

    sentence_disjoint = True

    def __init__(self, n_speaker_folds: int | None = None, n_sentence_folds: int | None = None, seed: int = 0) -> None:
        self.n_speaker_folds = n_speaker_folds
        self.n_sentence_folds = n_sentence_folds
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: ArrayLike) -> Iterator[Fold]:
        """Yield each fold."""
        sentences = sentences_of(X)
        if np.unique(sentences).size < 2:
            raise ProtocolError(f"one sentence only ({sentences[0]}): to hold one out takes two or more")
        by_speaker = self._dealt(y, speakers_of(X), self.n_speaker_folds, "speakers")
        by_sentence = self._dealt(y, sentences, self.n_sentence_folds, "sentences")
        for i in range(by_speaker.max() + 1):
            for j in range(by_sentence.max() + 1):
                test = (by_speaker == i) & (by_sentence == j)
                if test.any():
                    train = (by_speaker != i) & (by_sentence != j)
                    yield Fold(np.flatnonzero(train), np.flatnonzero(test))

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words."""
        return f"{len(folds)} speaker-and-sentence-disjoint folds"

    def _dealt(self, y: ArrayLike, groups: np.ndarray, n_folds: int | None, what: str) -> np.ndarray:
        n_folds = min(SENTENCE_GRID, np.unique(groups).size) if n_folds is None else n_folds
        return grouped_folds(y, groups, n_folds, self.seed, what)


def make_splitter(folds: str | int | BaseCrossValidator, n_speakers: int, seed: int = 0) -> Any:
    """The splitter that `folds` asks for.

    Parameters
    ----------
    folds : {"auto", "loso", "fixed", "speaker-sentence"} or int or str or splitter
        ``"auto"`` leaves one speaker out up to 24 speakers and takes 10 grouped, stratified folds above; ``"5x3"`` is
        5 folds, 3 times; ``"fixed:70/10/20"`` gives the shares of train, validation and test;
        ``"speaker-sentence:5x2"`` the folds of speakers and of sentences. A splitter object is taken as it is.
    n_speakers : int
    seed : int

    Returns
    -------
    splitter

    Raises
    ------
    ProtocolError
        If `folds` is none of these, or there are fewer speakers than folds.
    """
    if hasattr(folds, "split") and not isinstance(folds, str):
        return folds
    if folds == "auto":
        folds = "loso" if n_speakers <= MAX_LOSO_SPEAKERS else DEFAULT_N_FOLDS
    if folds == "loso":
        return LeaveOneSpeakerOut()
    name, _, rest = str(folds).partition(":")
    try:
        if name == "fixed":
            shares = [float(share) for share in rest.split("/")] if rest else [60, 20, 20]
            train, validation, test = shares
            return FixedSpeakerSplit(train, validation, test, seed)
        if name == "speaker-sentence":
            grid = [int(n) for n in rest.split("x")] if rest else [None, None]
            by_speaker, by_sentence = grid
            return SpeakerSentenceKFold(by_speaker, by_sentence, seed)
        n_folds, *repeats = (int(n) for n in str(folds).split("x"))
        (n_repeats,) = repeats or [1]
    except ValueError:
        raise ProtocolError(
            f"unknown folds {folds!r}; say 'loso', a number of folds, '5x3' (5 folds, 3 times), 'fixed' or "
            "'fixed:70/10/20', 'speaker-sentence' or 'speaker-sentence:5x2'"
        ) from None
    if not 2 <= n_folds <= n_speakers:
        raise ProtocolError(f"{n_folds} folds of {n_speakers} speakers: take from 2 to {n_speakers}, or 'loso'")
    if n_repeats < 1:
        raise ProtocolError(f"{n_folds} folds, {n_repeats} times: take 1 or more")
    return SpeakerKFold(n_folds, seed) if n_repeats == 1 else RepeatedSpeakerKFold(n_folds, n_repeats, seed)


def folds_of(splitter: BaseCrossValidator, X: pd.DataFrame, y: ArrayLike) -> list[Fold]:
    """The folds of any splitter; only those here know a validation part."""
    if isinstance(splitter, SpeakerSplitter):
        return list(splitter.folds(X, y))
    return [Fold(np.asarray(train), np.asarray(test)) for train, test in splitter.split(X, y)]


def describe_split(splitter: BaseCrossValidator, folds: list[Fold], X: pd.DataFrame) -> str:
    """How speakers are held out, in words."""
    if isinstance(splitter, SpeakerSplitter):
        return splitter.describe(folds, X)
    speakers = speakers_of(X)
    one_each = all(np.unique(speakers[fold.test]).size == 1 for fold in folds)
    return "leave one speaker out" if one_each else f"{len(folds)} speaker-disjoint folds"


def _sizes(shares: np.ndarray, n_speakers: int) -> np.ndarray:
    """How many speakers each part gets, one at least where its share is not 0."""
    least = (shares > 0).astype(int)
    if n_speakers < least.sum():
        raise ProtocolError(f"{n_speakers} speakers for {least.sum()} parts: a fixed split needs one each")
    sizes = np.maximum(np.floor(shares * n_speakers).astype(int), least)
    order = np.array([0, 2, 1])  # of two equal claims, the test part's goes first
    while sizes.sum() < n_speakers:
        sizes[order[np.argmax((shares * n_speakers - sizes)[order])]] += 1
    while sizes.sum() > n_speakers:
        spare = np.where(sizes > least, sizes - shares * n_speakers, -np.inf)
        sizes[np.argmax(spare)] -= 1
    return sizes


def _listed(shares: np.ndarray) -> str:
    return "/".join(f"{share:g}" for share in shares)
