"""The folds of an evaluation, checked before anything is fitted."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, counted, listed
from ...tables.feature_table import FRAMES, FeatureTable
from ...tables.left_out import left_out_text
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.enrolment import ENROL_LEVEL, enrolment_of, has_enrolment
from ..speakers.names import same_in_writing, speakers_of
from ..speakers.tied import is_lost, of_one_emotion, share_between
from .given import folds_of
from .named import make_splitter
from .sentences import sentences_of
from .splitters import Fold


def check_protocol(table: FeatureTable) -> tuple[pd.DataFrame, pd.Series]:
    """X and y of the usable rows, after checking that they allow a speaker-independent score.

    Raises
    ------
    ProtocolError
        If rows are frames, no row is usable, there is only one speaker or class, a class has clips of one speaker only,
        or two names look like the same person.
    """
    check_clips(table)
    X = table.X
    y = pd.Series(table.clips["emotion"].to_numpy(dtype=object), index=X.index, name="emotion")
    if not len(y):
        causes = left_out_text(table.left_out)
        left = f"no row of the table can be used; left out are {causes}" if causes else "the table is empty"
        raise ProtocolError(f"{left}{_what_to_fill(table)}")
    speakers = pd.Series(speakers_of(X))
    if speakers.nunique() < 2:
        raise ProtocolError(
            f"the table has one speaker only ({speakers.iloc[0]}), but a speaker-independent score needs at least two: "
            "add recordings of other speakers"
        )
    _refuse_one_person_twice(sorted(speakers.unique()))
    if y.nunique() < 2:
        raise ProtocolError(
            f"the table has one emotion only ({y.iloc[0]}), so there is nothing to recognise: add clips of other "
            "emotions"
        )
    by_class = speakers.groupby(y.to_numpy()).agg(["nunique", "first"])
    alone = by_class[by_class["nunique"] < 2]
    if len(alone):
        raise ProtocolError(
            f"{alone.index[0]} has clips of one speaker only ({alone['first'].iloc[0]}): if that speaker is held out, "
            "no example of it is left to train on; correct the label if it is misspelt, or add recordings of other "
            "speakers, or remove its rows"
        )
    return X, y


def _what_to_fill(table: FeatureTable) -> str:
    if "no emotion label" in table.left_out:
        speakers = " and the column 'speaker' with the name of who speaks" if not table.frame["speaker"].any() else ""
        return (
            f"; fill the column 'emotion' with the emotion of each clip, such as anger{speakers}, or name columns that "
            "have them: --columns emotion=NAME,speaker=NAME"
        )
    if "speaker unknown" in table.left_out:
        return "; fill the table's 'speaker' column, because a speaker-independent score needs the speakers"
    return ""


def check_clips(table: FeatureTable) -> None:
    """Raise a ProtocolError if the table is not a feature table, or its rows are frames."""
    if not isinstance(table, FeatureTable):
        what = repr(table) if isinstance(table, str | None) else f"an object of the type {type(table).__name__}"
        of_frame = isinstance(table, pd.DataFrame)
        make = "one from FeatureTable(frame, feature_names)" if of_frame else "one from read_table or extract_table"
        instead = "its attribute `table`" if isinstance(getattr(table, "table", None), FeatureTable) else make
        raise ProtocolError(f"{what} is not a feature table: use {instead}")
    if table.level == FRAMES:
        raise ProtocolError(
            "the table has one row for each frame of 10 ms: read it with read_sequences, or extract it again with "
            "'--level clips'"
        )


def _refuse_one_person_twice(names: list[str]) -> None:
    """Raise a ProtocolError if two speaker names differ only in case, Unicode form, leading zeros or a final ``.0``.

    If they belong to the same person, this person could be on both sides of a fold.
    """
    seen: dict[str, str] = {}
    for name in names:
        plain = same_in_writing(name)
        plain = plain.lstrip("0") if plain.isdigit() else plain
        if plain in seen:
            raise ProtocolError(
                f"the speakers {seen[plain]!r} and {name!r} look like the same person: write the name of one person in "
                "one way only, and give two people clearly different names"
            )
        seen[plain] = name


def plan_folds(X: pd.DataFrame, y: pd.Series, folds: Any = "auto", seed: int = 0) -> list[Fold]:
    """Make the folds of an evaluation, and check all of them before the first is fitted.

    Raises
    ------
    ProtocolError
        If a fold has a speaker in both train and test (or a sentence, if the splitter is sentence-disjoint), or lacks a
        class in training; if a class is never held out; if clips are not held out equally often; or if some are never
        held out although the splitter is not partial.
    """
    speakers = speakers_of(X)
    splitter = make_splitter(folds, np.unique(speakers).size, seed)
    labels = np.asarray(y, dtype=object)
    planned = folds_of(splitter, X, labels)
    _refuse_uneven(planned, len(X), getattr(splitter, "n_repeats", 1), getattr(splitter, "partial", False))
    by_sentence = []
    if getattr(splitter, "sentence_disjoint", False):
        sentences = sentences_of(X)
        # "Kids are talking" and "kids are  talking" are one sentence.
        alike = np.array([same_in_writing(sentence) for sentence in sentences], dtype=object)
        by_sentence = [(sentences, ""), (alike, " (write each sentence in one way only)")]
    for number, fold in enumerate(planned, start=1):
        refuse_shared("speaker", speakers, fold, f"fold {number}")
        for sentence, hint in by_sentence:
            refuse_shared("sentence", sentence, fold, f"fold {number}{hint}")
        lost = set(labels) - set(labels[fold.train])
        if lost:
            raise ProtocolError(
                f"fold {number} has no {min(lost)} to train on, because all of its speakers are held out together: "
                "use more folds, or 'loso'"
            )
    never = set(labels) - set(labels[np.concatenate([fold.test for fold in planned])])
    if never:
        raise ProtocolError(
            f"no clip of {min(never)} is held out, so the score could not be compared with scores over all emotions: "
            "use another seed, other shares, or 'loso'"
        )
    return planned


def check_normalisable(X: pd.DataFrame, pipeline: Any, planned: list[Fold]) -> None:
    """Check that a pipeline can normalise every speaker in all folds.

    Raises
    ------
    ProtocolError
        If a speaker to be normalised has a single clip in a part of a fold; or, for a pipeline that uses enrolment
        clips, if X marks none, or a training part has none of a speaker.
    """
    norm, speakers = speaker_norm_of(pipeline), speakers_of(X)
    if norm == "enrol" and not has_enrolment(X):
        raise ProtocolError(
            f"X marks no enrolment clips: its index needs a level named {ENROL_LEVEL!r} (the command cv adds it)"
        )
    if norm == "speaker":
        _refuse_single_clips(speakers)
    enrols = enrolment_of(X)
    for number, fold in enumerate(planned, start=1):
        if norm == "speaker":
            for part, rows in (("train", fold.train), ("test", fold.test)):
                _refuse_single_clips(speakers[rows], f" in the {part} part of fold {number}")
        elif norm == "enrol":
            names, code = np.unique(speakers[fold.train], return_inverse=True)
            without = names[np.bincount(code, weights=enrols[fold.train], minlength=names.size) == 0]
            if without.size:
                raise ProtocolError(
                    f"speaker {without[0]} has no enrolment clip in the train part of fold {number}: use more "
                    "enrolment clips, or folds that do not divide a speaker's sentences"
                )


def emotion_lost(speakers: np.ndarray, y: pd.Series, pipeline: Any, planned: list[Fold]) -> float:
    """Share of the difference between emotions that a pipeline's speaker normalisation removes, 0 to 1.

    Parameters
    ----------
    speakers : ndarray of object, shape (n_clips,)
    y : Series of shape (n_clips,)
    pipeline : estimator
    planned : list of Fold

    Returns
    -------
    float
        0 if the pipeline does not normalise speakers, or if all speakers have the same share of each emotion. See
        :mod:`prosody_ser.learn.speakers.tied`.
    """
    if speaker_norm_of(pipeline) == "none":
        return 0.0
    return max(share_between(*groups) for groups in _normalised_together(speakers, y, pipeline, planned))


def refuse_lost_emotion(speakers: np.ndarray, y: pd.Series, pipeline: Any, planned: list[Fold]) -> None:
    """Refuse speaker normalisation that would remove most of the difference between the emotions.

    Raises
    ------
    ProtocolError
        If :func:`prosody_ser.learn.speakers.tied.is_lost` applies.
    """
    if speaker_norm_of(pipeline) == "none":
        return
    for groups, emotions in _normalised_together(speakers, y, pipeline, planned):
        if not is_lost(groups, emotions):
            continue
        whole = groups is speakers
        of_what = "speakers" if whole else "speakers, each in the test part of a fold,"
        raise ProtocolError(
            f"speaker and emotion are confounded: {of_one_emotion(groups, emotions)} of {len(np.unique(groups))} "
            f"{of_what} have clips of one emotion only, so speaker normalisation would remove "
            f"{share_between(groups, emotions):.0%} of the difference between the emotions; use the blind track "
            "('--speaker-norm none')"
            + (", or add clips of other emotions by the same speakers" if whole else ", or 'loso'")
        )


def _normalised_together(
    speakers: np.ndarray, y: pd.Series, pipeline: Any, planned: list[Fold]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield groups of clips that are normalised together, and their emotions: by speaker, and by test part."""
    labels = y.to_numpy(dtype=object)
    yield speakers, labels
    if speaker_norm_of(pipeline) == "speaker":
        test = np.concatenate([fold.test for fold in planned])
        fold_of = np.repeat(np.arange(len(planned)), [len(fold.test) for fold in planned])
        part = fold_of * len(speakers) + np.unique(speakers, return_inverse=True)[1][test]
        yield part, labels[test]


def _refuse_single_clips(speakers: np.ndarray, where: str = "") -> None:
    """Raise a ProtocolError if a speaker to be normalised has a single clip, which does not deviate from its mean."""
    names, counts = np.unique(speakers, return_counts=True)
    if (counts < 2).any():
        raise ProtocolError(
            f"{counted(int((counts < 2).sum()), 'speaker')} with a single clip{where} (e.g. {names[counts < 2][-1]}): "
            "normalisation needs at least two clips of a speaker; remove these speakers, or use the blind track"
        )


def _refuse_uneven(planned: list[Fold], n_rows: int, n_repeats: int, partial: bool) -> None:
    held_out = np.zeros(n_rows, dtype=int)
    for fold in planned:
        if not len(fold.test) or not len(fold.train):
            raise ProtocolError("a fold has no clip to train on, or no clip to test")
        np.add.at(held_out, fold.test, 1)
    allowed = held_out == n_repeats
    if partial:
        allowed |= held_out == 0
    if not allowed.all():
        times = "once" if n_repeats == 1 else f"{n_repeats} times"
        raise ProtocolError(f"the folds do not hold out each clip exactly {times}")


def refuse_shared(what: str, groups: np.ndarray, fold: Fold, where: str) -> None:
    """Raise a ProtocolError if a speaker (or sentence) is in two parts of a fold."""
    parts = {"train": fold.train, "test": fold.test, "validation": fold.validation}
    for one, other in (("train", "test"), ("train", "validation"), ("validation", "test")):
        shared = sorted(set(groups[parts[one]]) & set(groups[parts[other]]))
        if shared:
            raise ProtocolError(
                f"{where} has {what}{'s' * (len(shared) > 1)} {listed(shared, 3)} in both {one} and {other}: "
                f"its score would not be {what}-independent"
            )
