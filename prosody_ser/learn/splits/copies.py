"""Augmented copies of a table's clips, which are used only to train together with their originals.

X and y of a table are its original recordings. Copies (rows whose `variant` is not ``original``, or that name a
`parent`) are kept separate, so code that tests, scores or describes X never sees them. Only code that fits requests
them here: it gets the copies of its training clips. Copies of other clips, and copies whose original the table lacks or
cannot use, are left out. A copy has the speaker, sentence and emotion of its original.
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

    X: pd.DataFrame  #: shape (n_copies, n_columns), with the columns and index levels of the clips' X
    parent: np.ndarray  #: ndarray of int, shape (n_copies,): position of each copy's original in the clips' X

    @classmethod
    def none(cls, X: pd.DataFrame) -> "Copies":
        """Empty copies for the clips of X."""
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
            All clips. If it has only some of the columns, or marks enrolment clips, the copies are adapted to it.
        labels : ndarray, shape (n_clips,)
        rows : ndarray of int, optional
            Positions of the clips to train on; by default all.
        """
        if rows is not None and not len(self):
            return X.iloc[rows], labels[rows]
        if not len(self):
            return X, labels
        rows = np.arange(len(X)) if rows is None else rows
        chosen = np.flatnonzero(np.isin(self.parent, rows))
        copies = self.X.iloc[chosen][list(X.columns)]
        if has_enrolment(X):
            copies = with_level(copies, np.zeros(len(chosen), dtype=bool))
        everything = pd.concat([X.iloc[rows], copies.reorder_levels(X.index.names)])
        return everything, np.concatenate([labels[rows], labels[self.parent[chosen]]])


def settled(table: FeatureTable) -> FeatureTable:
    """The table with the originals' metadata also on their copies, so that tables can be divided and joined."""
    wanted = np.flatnonzero(table.copies)
    made_from = originals_of_copies(table.frame)[wanted]
    frame, shared = table.frame.copy(), ["corpus", "start", "speaker", "sentence", "take", "emotion", "vocal_channel"]
    frame.loc[wanted, shared] = frame.loc[made_from, shared].to_numpy()
    return replace(table, frame=frame)


def copies_of(table: FeatureTable, X: pd.DataFrame) -> Copies:
    """The copies in a table whose originals are among its usable rows; `X` is the table's :attr:`FeatureTable.X`.

    Raises
    ------
    ProtocolError
        If a copy has another speaker or emotion than its original.
    """
    frame, wanted = table.frame, np.flatnonzero(table.copies)
    if not wanted.size:
        return Copies.none(X)
    made_from = originals_of_copies(frame)[wanted]
    parent = (np.cumsum(table.usable.to_numpy()) - 1)[made_from]  # positions among the usable rows
    copies, originals = frame.iloc[wanted], frame.iloc[made_from]
    for column in ("speaker", "emotion"):
        of_copy, of_original = copies[column].to_numpy(dtype=object), originals[column].to_numpy(dtype=object)
        wrong = np.flatnonzero((of_copy != "") & (of_copy != of_original))
        if wrong.size:
            name = copies["file"].iloc[wrong[0]]
            raise ProtocolError(
                f"{name}: this {copies['variant'].iloc[wrong[0]]} copy has the {column} {of_copy[wrong[0]]!r}, but its "
                f"original has {of_original[wrong[0]]!r}: correct the table, or leave the cell of the copy empty"
            )
    index = X.index[parent].to_frame(index=False)
    index[["file", "start", "end", "variant"]] = copies[["file", "start", "end", "variant"]].to_numpy(dtype=object)
    index = index.astype(X.index.to_frame().dtypes)
    return Copies(table.inputs_of(table.copies).set_axis(pd.MultiIndex.from_frame(index)), parent)
