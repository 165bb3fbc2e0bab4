"""Splitters that make speaker-disjoint folds. They read speakers from X's index, so `groups` cannot be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator

from ...errors import ProtocolError, counted, whole_number
from ..speakers.names import speakers_of
from .grouped import as_partition, drawn_parts, grouped_folds
from .sentences import sentences_of

DEFAULT_N_FOLDS = 10
#: Default of the largest number of folds of speakers, and of sentences, in a speaker-and-sentence-disjoint split.
SENTENCE_GRID = 5
#: Number of random assignments from which a fixed split, and each repeat of repeated folds, chooses the best.
N_DRAWS = 200


@dataclass(frozen=True, eq=False)
class Fold:
    """Positions in X of the parts of one fold; rows that are in no part are not used in the fold."""

    train: np.ndarray
    test: np.ndarray
    validation: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))


class SpeakerSplitter(BaseCrossValidator):
    """Base class of the splitters: scikit-learn's `split`, and properties that an evaluation needs in addition.

    Attributes
    ----------
    n_repeats : int
        How many times each clip is held out.
    partial : bool
        Whether some clips may never be held out.
    sentence_disjoint : bool
        Whether no sentence is in both train and test.

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
        """Yield each fold.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_columns)
            Its index must have a level named ``speaker``.
        y : array_like of shape (n_clips,)

        Yields
        ------
        Fold
            Positions in X.
        """
        raise NotImplementedError

    def split(self, X: pd.DataFrame, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield train and test indices.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_columns)
            Its index must have a level named ``speaker``.
        y : array_like of shape (n_clips,), optional
            Needed by splitters that balance the classes.
        groups : array_like of shape (n_clips,), optional
            Not needed, because the speakers are in X's index. Groups that the folds would divide are refused.

        Yields
        ------
        train, test : ndarray of int

        Raises
        ------
        ProtocolError
            If X carries no speakers, `y` is needed and missing, or a group is on both sides of a fold.
        """
        for fold in self.folds(X, y):
            if groups is not None:
                _refuse_divided(np.asarray(groups), fold)
            yield fold.train, fold.test

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds."""
        return sum(1 for _ in self.folds(X, y))

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out.

        Parameters
        ----------
        folds : list of Fold
            The folds of X.
        X : DataFrame of shape (n_clips, n_columns)

        Returns
        -------
        str
        """
        return f"{len(folds)} speaker-disjoint folds"


def _refuse_divided(groups: np.ndarray, fold: Fold) -> None:
    shared = sorted(map(str, set(groups[fold.train]) & set(groups[fold.test])))
    if shared:
        raise ProtocolError(
            f"group {shared[0]} would be in both train and test of a fold: this splitter keeps the speakers in X's "
            "index apart, and not `groups`; use a splitter of scikit-learn, such as GroupKFold, or name each group as "
            "one speaker"
        )


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
            raise ProtocolError(f"there is one speaker only ({names[0]}): leaving one speaker out needs at least two")
        for name in names:
            held_out = speakers == name
            yield Fold(np.flatnonzero(~held_out), np.flatnonzero(held_out))

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out."""
        return "leave one speaker out"


class SpeakerKFold(SpeakerSplitter):
    """Stratified k-fold split in which no speaker is in both train and test.

    Parameters
    ----------
    n_splits : int
        Number of folds, at most the number of speakers.
    seed : int
        Seed for the assignment of speakers to folds. If speakers have different numbers of clips, all seeds may give
        the same folds; :class:`RepeatedSpeakerKFold` gives different ones.

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
        """Describe in words how speakers are held out."""
        alone = self.n_splits == np.unique(speakers_of(X)).size
        return "leave one speaker out" if alone else super().describe(folds, X)


class RepeatedSpeakerKFold(SpeakerSplitter):
    """Repeated stratified k-fold split with no speaker in both train and test, and different folds in each repeat.

    Each repeat uses the best stratified of many random assignments that no earlier repeat has used. (With
    :class:`SpeakerKFold`, as with scikit-learn's StratifiedGroupKFold, all seeds may give the same folds.)

    Parameters
    ----------
    n_splits : int
        Number of folds in each repeat.
    n_repeats : int
    seed : int
        Seed for the assignments.

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
        """Yield each fold, one repeat after the other."""
        whole_number("the number of folds", self.n_splits, 2)
        whole_number("the number of repeats", self.n_repeats, 1)
        speakers = speakers_of(X)
        first = np.unique(speakers, return_index=True)[1]
        n_speakers = first.size
        if not 2 <= self.n_splits <= n_speakers:
            raise ProtocolError(
                f"the number of folds must be from 2 to {n_speakers}, the number of speakers (got {self.n_splits})"
            )
        sizes = [len(part) for part in np.array_split(np.arange(n_speakers), self.n_splits)]
        rng = np.random.default_rng(self.seed)
        taken: set[frozenset] = set()
        for repeat in range(self.n_repeats):
            parts = drawn_parts(y, speakers, sizes, [], rng, N_DRAWS, taken)
            if parts is None:
                raise ProtocolError(
                    f"{self.n_splits} folds of {counted(n_speakers, 'speaker')} can be drawn only {repeat} time(s) "
                    "without a repetition: use fewer repeats or another number of folds"
                )
            taken.add(as_partition(parts[first]))
            for number in range(self.n_splits):
                yield Fold(np.flatnonzero(parts != number), np.flatnonzero(parts == number))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds over all repeats."""
        return self.n_splits * self.n_repeats

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out."""
        return f"{self.n_splits} speaker-disjoint folds, {self.n_repeats} times"


class FixedSpeakerSplit(SpeakerSplitter):
    """One fixed split into speakers for training, validation and test.

    Of many random assignments of speakers, the one is used whose parts come closest to their share of every class.

    Parameters
    ----------
    train, validation, test : float
        Shares of the speakers, in any unit (0.6, 0.2, 0.2 or 60, 20, 20). Each part has at least one speaker, except
        that the validation part has none if its share is 0. Validation clips are neither trained on nor scored; they
        serve to choose between models.
    seed : int
        Seed for the assignments.

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
            raise ProtocolError(
                f"invalid shares {named} of train, validation and test: train and test must be above 0, and validation "
                "must not be negative"
            )
        speakers = speakers_of(X)
        sizes = _sizes(shares / shares.sum(), np.unique(speakers).size)
        part_of = drawn_parts(y, speakers, sizes, [0, 2], np.random.default_rng(self.seed), N_DRAWS)
        yield Fold(*(np.flatnonzero(part_of == part) for part in (0, 2, 1)))

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds, which is 1."""
        return 1

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out."""
        speakers = speakers_of(X)
        parts = zip(("train", "validation", "test"), (folds[0].train, folds[0].validation, folds[0].test), strict=True)
        counts = (f"{np.unique(speakers[rows]).size} {name}" for name, rows in parts if len(rows))
        return f"one fixed split, speakers: {', '.join(counts)}"


class SpeakerSentenceKFold(SpeakerSplitter):
    """Folds in which neither the speaker nor the sentence of a test clip is in the training part.

    Speakers are divided into groups, and sentences as well. Each pair of a group of speakers and a group of sentences
    is one fold: it tests the clips that belong to both groups and trains on those that belong to neither. Clips that
    belong to only one of the two are not used in that fold. Each clip is held out once. Pairs without clips are
    skipped.

    Parameters
    ----------
    n_speaker_folds, n_sentence_folds : int or None
        Numbers of groups. None means 5, or as many as there are speakers or sentences.
    seed : int
        Seed for both assignments.

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
            raise ProtocolError(
                f"there is one sentence only ({sentences[0]}): holding out a sentence needs at least two"
            )
        by_speaker = self._dealt(y, speakers_of(X), self.n_speaker_folds, "speakers")
        by_sentence = self._dealt(y, sentences, self.n_sentence_folds, "sentences")
        for i in range(by_speaker.max() + 1):
            for j in range(by_sentence.max() + 1):
                test = (by_speaker == i) & (by_sentence == j)
                if test.any():
                    train = (by_speaker != i) & (by_sentence != j)
                    yield Fold(np.flatnonzero(train), np.flatnonzero(test))

    def describe(self, folds: list[Fold], X: pd.DataFrame) -> str:
        """Describe in words how speakers are held out."""
        return f"{len(folds)} speaker-and-sentence-disjoint folds"

    def _dealt(self, y: Any, groups: np.ndarray, n_folds: int | None, what: str) -> np.ndarray:
        n_folds = min(SENTENCE_GRID, np.unique(groups).size) if n_folds is None else n_folds
        return grouped_folds(y, groups, n_folds, self.seed, what)


def describe_split(splitter: Any, folds: list[Fold], X: pd.DataFrame) -> str:
    """Describe in words how speakers are held out."""
    if isinstance(splitter, SpeakerSplitter):
        return splitter.describe(folds, X)
    return describe_folds(folds, X)


def describe_folds(folds: list[Fold], X: pd.DataFrame) -> str:
    """Describe folds in words, by the speakers whom they hold out."""
    speakers = speakers_of(X)
    one_each = all(np.unique(speakers[fold.test]).size == 1 for fold in folds)
    return "leave one speaker out" if one_each else f"{len(folds)} speaker-disjoint folds"


def _sizes(shares: np.ndarray, n_speakers: int) -> np.ndarray:
    """Number of speakers in each part, at least one if its share is not 0."""
    least = (shares > 0).astype(int)
    if n_speakers < least.sum():
        raise ProtocolError(
            f"a fixed split into {least.sum()} parts needs at least one speaker for each part (got {n_speakers})"
        )
    sizes = np.maximum(np.floor(shares * n_speakers).astype(int), least)
    order = np.array([0, 2, 1])  # with equal claims, the test part comes before the validation part
    while sizes.sum() < n_speakers:
        sizes[order[np.argmax((shares * n_speakers - sizes)[order])]] += 1
    while sizes.sum() > n_speakers:
        spare = np.where(sizes > least, sizes - shares * n_speakers, -np.inf)
        sizes[np.argmax(spare)] -= 1
    return sizes
