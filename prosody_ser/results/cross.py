"""Scores across corpora: a documented, versioned JSON, which follows ``schemas/cross.schema.json``."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..atomic_write import write_json

SCHEMA = "prosody-ser/cross"
SCHEMA_VERSION = 1


@dataclass(frozen=True, eq=False)
class CrossResult:
    """Scores of training on each corpus and testing on each other.

    Attributes
    ----------
    data : dict
        The content of ``cross.json``; fields as in ``cross.schema.json``.
    """

    data: dict[str, Any]

    @property
    def uar(self) -> pd.DataFrame:
        """UAR, rows trained on, columns tested on."""
        names = list(self.data["corpora"])
        matrix = pd.DataFrame(np.nan, index=pd.Index(names, name="train"), columns=pd.Index(names, name="test"))
        for cell in self.data["cells"]:
            matrix.loc[cell["train"], cell["test"]] = cell["uar"]
        return matrix

    def write(self, path) -> None:
        """Write as JSON, whole or not at all.

        Raises
        ------
        ProsodySerError
            If the file cannot be written.
        """
        write_json(path, self.data)

    def __repr__(self) -> str:
        scores = ", ".join(f"{one['train']} to {one['test']} {one['uar']:.3f}" for one in self.data["cells"])
        return f"<CrossResult of UAR: {scores}>"

    def _repr_html_(self) -> str:
        from .result_view import cross_view

        return cross_view(self.data)
