"""The plan of an evaluation: rows, labels, speakers and checked folds, made once and shared by all analyses."""

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ProtocolError, whole_number
from ...tables.feature_table import SEQUENCES, FeatureTable
from ..preprocessing.sequences.reader import check_reads, contours_read, reader_of
from ..preprocessing.speaker_norm import speaker_norm_of
from ..speakers.enrolment import DEFAULT_CLIPS, mark_enrolment
from ..speakers.names import speakers_of
from .copies import Copies, copies_of
from .given import given_folds
from .named import make_splitter
from .plan import check_normalisable, check_protocol, emotion_lost, plan_folds, refuse_lost_emotion
from .split_column import with_split_column
from .splitters import Fold


@dataclass(frozen=True, eq=False)
class EvaluationPlan:
    """The clips of an evaluation, their speakers and the folds; :meth:`EvaluationPlan.of` makes and checks a plan.

    The plan does not use the values of X, which is passed to the pipeline unchanged. Its columns are the table's
    features, or the contours of a table of sequences. :meth:`giving` replaces X by another one for the same clips, and
    :meth:`for_pipeline` selects what a pipeline reads.

    Attributes
    ----------
    table : FeatureTable
        The table whose usable rows are the clips.
    X : DataFrame of shape (n_clips, n_columns)
        Input of a pipeline; its index has a level named ``speaker``.
    y : Series of shape (n_clips,)
        Emotion of each clip, on X's index.
    copies : Copies
        Augmented copies of the clips; a fold trains on the copies of its training clips.
    speakers : ndarray of object, shape (n_clips,)
    labels : list of str
        The emotions, sorted.
    splitter : splitter
    folds : list of Fold
        Positions in X.
    seed : int
        Seed for the assignment to folds, resamples, shuffles and enrolment clips.
    enrol_clips : int
        Number of enrolment clips of each speaker, for pipelines that use them.
    warned : tuple of warnings.WarningMessage
        Warnings raised while the folds were made; a result includes them.

    Examples
    --------
    >>> plan = ser.EvaluationPlan.of(ser.load_emodb_features("chroma"), 2, seed=1)
    >>> result = ser.evaluate(plan, ser.make_pipeline("lda"))
    >>> ranking = ser.importances(plan, ser.make_pipeline("lda"), n_repeats=1)  # on the same folds
    """

    table: FeatureTable
    X: pd.DataFrame
    y: pd.Series
    copies: Copies
    speakers: np.ndarray
    labels: list[str]
    splitter: Any
    folds: list[Fold]
    seed: int
    enrol_clips: int
    warned: tuple[warnings.WarningMessage, ...] = ()

    @classmethod
    def of(
        cls, table: FeatureTable, folds: Any = "auto", *, seed: int = 0, enrol_clips: int = DEFAULT_CLIPS
    ) -> "EvaluationPlan":
        """Check a table and plan its folds.

        Parameters
        ----------
        table : FeatureTable
            Rows that are not ``ok``, or lack speaker or emotion, are left out.
        folds : str, int, splitter, sequence of (train, test), or sequence of int
            As for :func:`evaluate`.
        seed : int
        enrol_clips : int

        Returns
        -------
        EvaluationPlan

        Raises
        ------
        ProtocolError
            If this table and these folds do not allow a speaker-independent score.
        """
        whole_number("seed", seed, 0, 2**32 - 1)
        X, y = check_protocol(table)
        speakers = speakers_of(X)
        given = given_folds(with_split_column(folds, table), X, y)
        splitter = make_splitter(given, np.unique(speakers).size, seed)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            planned = plan_folds(X, y, splitter)
        return cls(
            table,
            X,
            y,
            copies_of(table, X),
            speakers,
            sorted(set(y)),
            splitter,
            planned,
            seed,
            enrol_clips,
            tuple(caught),
        )

    def giving(self, X: pd.DataFrame, copies: pd.DataFrame | None = None) -> "EvaluationPlan":
        """Return a plan with the same clips and folds and another X.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_columns)
            Must have the same index as the plan's X.
        copies : DataFrame of shape (n_copies, n_columns), optional
            The same for augmented copies, with the index of ``plan.copies.X``. By default the plan has no copies.

        Returns
        -------
        EvaluationPlan

        Raises
        ------
        ProtocolError
            If an index differs from the plan's.
        """
        if not X.index.equals(self.X.index):
            raise ProtocolError("X has other clips than the plan: it must have the index of the plan's X")
        if copies is None:
            return replace(self, X=X, copies=Copies.none(X))
        if not copies.index.equals(self.copies.X.index):
            raise ProtocolError("`copies` has other clips than the plan: it must have the index of plan.copies.X")
        return replace(self, X=X, copies=replace(self.copies, X=copies))

    def for_pipeline(self, pipeline: Any, *, enrols: bool = True) -> "EvaluationPlan":
        """Check the plan for a pipeline; for sequences, keep only the contours that the pipeline reads.

        Parameters
        ----------
        pipeline : estimator
        enrols : bool
            Whether the pipeline will get X with enrolment clips marked, if it uses them.

        Returns
        -------
        EvaluationPlan

        Raises
        ------
        ProtocolError
            If the pipeline reads frames and the table has features, or the other way round; if the table has none of
            the contours that it reads; if a speaker in a fold cannot be normalised; or if speaker normalisation would
            remove most of the difference between the emotions (:mod:`prosody_ser.learn.speakers.tied`).
        """
        table = table_read_by(pipeline, self.table)
        if table is self.table:
            plan = self
        else:
            names = list(table.feature_names)
            plan = replace(self, table=table, X=self.X[names], copies=replace(self.copies, X=self.copies.X[names]))
        check_normalisable(plan.rows_for(pipeline) if enrols else plan.X, pipeline, plan.folds)
        refuse_lost_emotion(plan.speakers, plan.y, pipeline, plan.folds)
        return plan

    def emotion_lost(self, pipeline: Any) -> float:
        """Share of the difference between emotions that a pipeline's speaker normalisation removes, 0 to 1.

        Parameters
        ----------
        pipeline : estimator

        Returns
        -------
        float
        """
        return emotion_lost(self.speakers, self.y, pipeline, self.folds)

    @cached_property
    def clips(self) -> pd.DataFrame:
        """The table's metadata of the clips, numbered from 0."""
        return self.table.clips

    @cached_property
    def features(self) -> pd.DataFrame:
        """The table's features of the clips, whatever X is; the leak audit uses them."""
        same = self.table.level != SEQUENCES and tuple(self.X.columns) == self.table.feature_names
        return self.X if same else self.table.features_of(self.table.usable)

    @cached_property
    def marked(self) -> pd.DataFrame:
        """X with enrolment clips marked in its index."""
        return mark_enrolment(self.X, self.enrol_clips, self.seed)

    def rows_for(self, pipeline: Any) -> pd.DataFrame:
        """X for a pipeline, with enrolment clips marked if the pipeline normalises by them.

        Parameters
        ----------
        pipeline : estimator

        Returns
        -------
        DataFrame of shape (n_clips, n_columns)
        """
        return self.marked if speaker_norm_of(pipeline) == "enrol" else self.X


def table_read_by(pipeline: Any, table: FeatureTable) -> FeatureTable:
    """The table as a pipeline reads it: sequences with only the contours that it reads, features unchanged.

    Raises
    ------
    ProtocolError
        As for :func:`check_reads`, or if the table has none of the contours that the pipeline reads.
    """
    check_reads(pipeline, table.level == SEQUENCES)
    reader = reader_of(pipeline)
    if reader is None:
        return table
    names = tuple(contours_read(table.feature_names, reader.contours))
    return table if names == table.feature_names else replace(table, feature_names=names)


def as_plan(
    table: FeatureTable | EvaluationPlan, folds: Any = "auto", seed: int = 0, enrol_clips: int = DEFAULT_CLIPS
) -> EvaluationPlan:
    """Return a plan unchanged, or make the plan of a table.

    Raises
    ------
    ProtocolError
        As for :meth:`EvaluationPlan.of`, or if other folds, seed or enrolment clips are given together with a plan.
    """
    if not isinstance(table, EvaluationPlan):
        return EvaluationPlan.of(table, folds, seed=seed, enrol_clips=enrol_clips)
    if not (
        (isinstance(folds, str) and folds == "auto")
        and seed in (0, table.seed)
        and enrol_clips in (DEFAULT_CLIPS, table.enrol_clips)
    ):
        raise ProtocolError(
            "a plan has its own folds, seed and enrolment clips: leave out these arguments if you pass a plan"
        )
    return table


def rows_of(table: FeatureTable | EvaluationPlan) -> tuple[pd.DataFrame, pd.Series, Copies]:
    """X, y and the augmented copies of a plan, or of a table after checking it."""
    if isinstance(table, EvaluationPlan):
        return table.X, table.y, table.copies
    X, y = check_protocol(table)
    return X, y, copies_of(table, X)
