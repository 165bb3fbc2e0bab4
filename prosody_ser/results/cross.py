"""Scores across corpora: a documented, versioned JSON file that follows ``schemas/cross.schema.json``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .document import Document

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class CrossResult(Document):
    """Scores of models trained on each corpus and tested on each corpus.

    Attributes
    ----------
    data : dict
        The content of ``cross.json``; fields as in ``cross.schema.json``.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> women, men = (ser.FeatureTable(part, table.feature_names) for _, part in table.frame.groupby("sex"))
    >>> cross = ser.cross_corpus({"women": women, "men": men}, ser.make_pipeline("lda"), folds=2)
    >>> bool(cross.uar.loc["women", "men"] < cross.uar.loc["men", "men"])  # trained on women, tested on men
    True
    """

    schema = "prosody-ser/cross"
    schema_file = "cross.schema.json"
    command = "cross"

    @property
    def uar(self) -> "pd.DataFrame":
        """UAR by training corpus (rows) and test corpus (columns)."""
        import pandas as pd

        names = list(self.data["corpora"])
        matrix = pd.DataFrame(self.data["cells"]).pivot_table("uar", "train", "test")
        return matrix.reindex(index=names, columns=names)

    def __repr__(self) -> str:
        scores = ", ".join(f"{cell['train']} to {cell['test']} {cell['uar']:.3f}" for cell in self.data["cells"])
        return f"<CrossResult of UAR: {scores}>"

    def _repr_html_(self) -> str:
        from .result_view import cross_view

        return cross_view(self.data)
