"""Augmented copies of a table's clips: trained on with their originals, and nowhere else.

X and y of a table are its recordings. Copies (rows whose `variant` is not ``original``, or that name a `parent`) are
kept apart from them, so that whatever tests, scores or describes X cannot meet one. Only what fits asks for them here:
beside the clips that it trains on it gets the copies of these. Copies of any other clip, and those whose original the
table lacks or cannot use, are left out. Speaker, sentence and emotion of a copy are its original's.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...errors import ProtocolError
from ...tables.families import originals_of_copies
from ...tables.feature_table import FeatureTable
from ..speakers.enrolment import has_enrolment, with_level


@dataclass(frozen=True, eq=False)
class Copies:
    """The copies of an evaluation's clips."""

    X: pd.DataFrame  #: of shape (n_copies, n_columns), as the clips' X, on an index with the same levels
    parent: np.ndarray  #: ndarray of int, shape (n_copies,): position in the clips' X of what each was made from

    @classmethod
    def none(cls, X: pd.DataFrame) -> "Copies":
        """No copies of the clips of X."""
        return cls(X.iloc[:0], np.empty(0, dtype=int))

    def __len__(self) -> int:
        return len(self.parent)

    def training(
        self, X: pd.DataFrame, labels: np.ndarray, rows: np.ndarray | None = None
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Some of the clips and their labels, followed by their copies.

        Parameters
        ----------
        X : DataFrame of shape (n_clips, n_columns)
            All clips; with some of the columns, or enrolment clips marked, the copies are taken so, too.
        labels : ndarray, shape (n_clips,)
        rows : ndarray of int, optional
            Positions of the clips to train on; all if not given.
        """
        if rows is not None and not len(self):
            return X.iloc[rows], labels[rows]
        if not len(self):
            return X, labels
        rows = np.arange(len(X)) if rows is None else rows
        own = np.flatnonzero(np.isin(self.parent, rows))
        copies = self.X.iloc[own][list(X.columns)]
        if has_enrolment(X):
            copies = with_level(copies, np.zeros(len(own), dtype=bool))
        everything = pd.concat([X.iloc[rows], copies.reorder_levels(X.index.names)])
        return everything, np.concatenate([labels[rows], labels[self.parent[own]]])


def settled(table: FeatureTable) -> FeatureTable:
    """The table with its copies told by what tells their originals, so that it can be cut and joined with others."""
    wanted = np.flatnonzero(table.copies)
    made_from = originals_of_copies(table.frame)[wanted]
    frame, shared = table.frame.copy(), ["corpus", "start", "speaker", "sentence", "take", "emotion", "vocal_channel"]
    frame.loc[wanted, shared] = frame.loc[made_from, shared].to_numpy()
    return replace(table, frame=frame)


def copies_of(table: FeatureTable, X: pd.DataFrame) -> Copies:
    """The copies in a table whose originals are among its usable rows, whose :attr:`FeatureTable.X` is `X`.

    Raises
    ------
    ProtocolError
        If a copy says another speaker or emotion than its original.
    """
    frame, wanted = table.frame, np.flatnonzero(table.copies)
    if not wanted.size:
        return Copies.none(X)
    made_from = originals_of_copies(frame)[wanted]
    parent = (np.cumsum(table.usable.to_numpy()) - 1)[made_from]  # where the usable rows are counted alone
    copies, originals = frame.iloc[wanted], frame.iloc[made_from]
    for column in ("speaker", "emotion"):
        own, of_original = copies[column].to_numpy(dtype=object), originals[column].to_numpy(dtype=object)
        wrong = np.flatnonzero((own != "") & (own != of_original))
        if wrong.size:
            name = copies["file"].iloc[wrong[0]]
            raise ProtocolError(
                f"{name}: this {copies['variant'].iloc[wrong[0]]} copy has the {column} {own[wrong[0]]!r}, its "
                f"original {of_original[wrong[0]]!r}; a copy's are those of its original"
            )
    index = X.index[parent].to_frame(index=False)
    index[["file", "start", "end", "variant"]] = copies[["file", "start", "end", "variant"]].to_numpy(dtype=object)
    index = index.astype(X.index.to_frame().dtypes)
    return Copies(table.inputs_of(table.copies).set_axis(pd.MultiIndex.from_frame(index)), parent)
