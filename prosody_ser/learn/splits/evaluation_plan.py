"""What an evaluation is of, made once: rows, labels, speakers and checked folds, for all that is asked of them."""

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
from .named import make_splitter
from .plan import check_normalisable, check_protocol, emotion_lost, plan_folds, refuse_lost_emotion
from .split_column import with_split_column
from .splitters import Fold


@dataclass(frozen=True, eq=False)
class EvaluationPlan:
    """The clips of an evaluation, who speaks them, and the folds; all checked, from :meth:`EvaluationPlan.of`.

    Nothing here looks at the values of X, which is handed to the pipeline as it is. Its columns are the table's
    features, or the contours of a table of sequences; :meth:`giving` puts another X of the same clips in their place,
    and :meth:`for_pipeline` what a pipeline reads of it.

    Attributes
    ----------
    table : FeatureTable
        Whose usable rows the clips are.
    X : DataFrame of shape (n_clips, n_columns)
        What a pipeline is given; its index has a level named ``speaker``.
    y : Series of shape (n_clips,)
        Emotion of each clip, on X's index.
    copies : Copies
        Augmented copies of the clips: a fold trains on those of the clips that it trains on.
    speakers : ndarray of object, shape (n_clips,)
    labels : list of str
        The emotions, sorted.
    splitter : splitter
    folds : list of Fold
        Positions in X.
    seed : int
        Of the assignment to folds, of resamples, shuffles and enrolment clips.
    enrol_clips : int
        Enrolment clips of each speaker, for pipelines that take such.
    warned : tuple of warnings.WarningMessage
        What was said while the folds were made; a result tells it.

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
        folds : str or int or splitter
            See :func:`prosody_ser.learn.splits.named.make_splitter`; ``"split"`` for those of the table's own column.
        seed : int
        enrol_clips : int

        Returns
        -------
        EvaluationPlan

        Raises
        ------
        ProtocolError
            If a speaker-independent score of this table on these folds cannot exist.
        """
        whole_number("seed", seed, 0, 2**32 - 1)
        X, y = check_protocol(table)
        speakers = speakers_of(X)
        splitter = make_splitter(with_split_column(folds, table), np.unique(speakers).size, seed)
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
        """The same clips and folds with another X.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_columns)
            On the same index.
        copies : DataFrame of shape (n_copies, n_columns), optional
            The same for augmented copies, on the index of ``plan.copies.X``; there are none if not given.

        Returns
        -------
        EvaluationPlan

        Raises
        ------
        ProtocolError
            If an index is another.
        """
        if not X.index.equals(self.X.index):
            raise ProtocolError("X is of other clips than the plan's: it takes the index of the plan's X")
        if copies is None:
            return replace(self, X=X, copies=Copies.none(X))
        if not copies.index.equals(self.copies.X.index):
            raise ProtocolError("these are copies of other clips than the plan's: take the index of plan.copies.X")
        return replace(self, X=X, copies=replace(self.copies, X=copies))

    def for_pipeline(self, pipeline: Any, *, enrols: bool = True) -> "EvaluationPlan":
        """The plan as a pipeline takes it: of sequences, with the contours that it reads, and no others.

        Parameters
        ----------
        pipeline : estimator
        enrols : bool
            Whether X will be given with its enrolment clips marked, where the pipeline takes such.

        Returns
        -------
        EvaluationPlan

        Raises
        ------
        ProtocolError
            If the pipeline reads frames and the table has features, or the other way round; if the table lacks all
            that it reads; if a speaker of some fold cannot be normalised; or if normalising speakers would take away
            most of what tells the emotions apart (:mod:`prosody_ser.learn.speakers.tied`).
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
        """Share of what tells the emotions apart that a pipeline takes away with the speakers, 0 to 1.

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
        """The table's features of the clips, whatever X is: what the leak audit looks at."""
        same = self.table.level != SEQUENCES and tuple(self.X.columns) == self.table.feature_names
        return self.X if same else self.table.features_of(self.table.usable)

    @cached_property
    def marked(self) -> pd.DataFrame:
        """X with enrolment clips marked in its index."""
        return mark_enrolment(self.X, self.enrol_clips, self.seed)

    def rows_for(self, pipeline: Any) -> pd.DataFrame:
        """X as a pipeline takes it: with enrolment clips marked, where it normalises by them.

        Parameters
        ----------
        pipeline : estimator

        Returns
        -------
        DataFrame of shape (n_clips, n_columns)
        """
        return self.marked if speaker_norm_of(pipeline) == "enrol" else self.X


def table_read_by(pipeline: Any, table: FeatureTable) -> FeatureTable:
    """The table as a pipeline reads it: of sequences with the contours that it reads, of features as it is.

    Raises
    ------
    ProtocolError
        As :func:`check_reads`, or if the table lacks all that the pipeline reads.
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
    """A plan as it is, or that of a table.

    Raises
    ------
    ProtocolError
        As :meth:`EvaluationPlan.of`, or if other folds, seed or enrolment clips are given beside a plan.
    """
    if not isinstance(table, EvaluationPlan):
        return EvaluationPlan.of(table, folds, seed=seed, enrol_clips=enrol_clips)
    if not (
        (isinstance(folds, str) and folds == "auto")
        and seed in (0, table.seed)
        and enrol_clips in (DEFAULT_CLIPS, table.enrol_clips)
    ):
        raise ProtocolError("a plan brings its own folds, seed and enrolment clips: leave them out beside it")
    return table


def rows_of(table: FeatureTable | EvaluationPlan) -> tuple[pd.DataFrame, pd.Series, Copies]:
    """X and y of a plan, or of a table once it is checked, and the copies of its clips."""
    if isinstance(table, EvaluationPlan):
        return table.X, table.y, table.copies
    X, y = check_protocol(table)
    return X, y, copies_of(table, X)
