"""Speaker-disjoint folds. The splitters read the speaker from X's index, so no tool can forget to pass groups."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator

from ...errors import ProtocolError
from ..speakers.names import speakers_of
from .grouped import as_partition, drawn_parts, grouped_folds
from .sentences import sentences_of

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

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> isinstance(ser.SpeakerKFold(), ser.SpeakerSplitter), ser.SpeakerKFold(5).get_n_splits(table.X, table.y)
    (True, 5)
    """

    n_repeats = 1
    partial = False
    sentence_disjoint = False

    def folds(self, X: pd.DataFrame, y: Any) -> Iterator[Fold]:
        """Each fold.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_columns)
            Its index has a level named ``speaker``.
        y : array_like of shape (n_clips,)

        Yields
        ------
        Fold
            Positions in X.
        """
        raise NotImplementedError

    def split(self, X: pd.DataFrame, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield train and test indices."""
        for fold in self.folds(X, y):
            yield fold.train, fold.test

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return sum(1 for _ in self.folds(X, y))

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """How speakers are held out, in words.

        Parameters
        ----------
        folds : list of Fold
            Those of X.
        X : DataFrame of shape (n_clips, n_columns)

        Returns
        -------
        str
        """
        return f"{len(folds)} speaker-disjoint folds"


class LeaveOneSpeakerOut(SpeakerSplitter):
    """Each fold holds out all clips of one speaker.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> [len(test) for train, test in ser.LeaveOneSpeakerOut().split(table.X)]
    [49, 58, 43, 38, 55, 35, 61, 69, 56, 71]
    """

    def folds(self, X: pd.DataFrame, y: Any = None) -> Iterator[Fold]:
        """Yield each fold, speakers in sorted order."""
        speakers = speakers_of(X)
        names = np.unique(speakers)
        if names.size < 2:
            raise ProtocolError(f"one speaker only ({names[0]}): to leave one out takes two or more")
        for name in names:
            own = speakers == name
            yield Fold(np.flatnonzero(~own), np.flatnonzero(own))

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

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> [len(test) for train, test in ser.SpeakerKFold(3).split(table.X, table.y)]
    [181, 183, 171]
    """

    def __init__(self, n_splits: int = DEFAULT_N_FOLDS, seed: int = 0):
        self.n_splits = n_splits
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: Any) -> Iterator[Fold]:
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

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> len(list(ser.RepeatedSpeakerKFold(n_splits=2, n_repeats=3).split(table.X, table.y)))
    6
    """

    def __init__(self, n_splits: int = DEFAULT_N_FOLDS, n_repeats: int = 5, seed: int = 0):
        self.n_splits = n_splits
        self.n_repeats = n_repeats
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: Any) -> Iterator[Fold]:
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

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> fold = next(ser.FixedSpeakerSplit().folds(table.X, table.y))
    >>> len(fold.train), len(fold.validation), len(fold.test)
    (318, 99, 118)
    """

    partial = True

    def __init__(self, train: float = 0.6, validation: float = 0.2, test: float = 0.2, seed: int = 0):
        self.train = train
        self.validation = validation
        self.test = test
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: Any) -> Iterator[Fold]:
        """Yield the one fold."""
        shares = np.array([self.train, self.validation, self.test], dtype=float)
        if not (np.isfinite(shares).all() and (shares >= 0).all() and shares[0] > 0 and shares[2] > 0):
            named = "/".join(f"{share:g}" for share in shares)
            raise ProtocolError(f"shares {named}: train and test need one above 0, validation 0 or more")
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

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> len(list(ser.SpeakerSentenceKFold(2, 3).split(table.X, table.y)))
    6
    """

    sentence_disjoint = True

    def __init__(self, n_speaker_folds: int | None = None, n_sentence_folds: int | None = None, seed: int = 0):
        self.n_speaker_folds = n_speaker_folds
        self.n_sentence_folds = n_sentence_folds
        self.seed = seed

    def folds(self, X: pd.DataFrame, y: Any) -> Iterator[Fold]:
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

    def _dealt(self, y: Any, groups: np.ndarray, n_folds: int | None, what: str) -> np.ndarray:
        n_folds = min(SENTENCE_GRID, np.unique(groups).size) if n_folds is None else n_folds
        return grouped_folds(y, groups, n_folds, self.seed, what)


def folds_of(splitter: Any, X: pd.DataFrame, y: Any) -> list[Fold]:
    """The folds of any splitter; only those here know a validation part."""
    if isinstance(splitter, SpeakerSplitter):
        return list(splitter.folds(X, y))
    return [Fold(np.asarray(train), np.asarray(test)) for train, test in splitter.split(X, y)]


def describe_split(splitter: Any, folds: list[Fold], X: pd.DataFrame) -> str:
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
