"""Show a feature table in a notebook."""

from typing import TYPE_CHECKING

import pandas as pd

from ..corpus_names import corpora_in_words
from ..notebook_view import grid, shaded, view
from .families import is_augmented
from .left_out import left_out_text

if TYPE_CHECKING:
    from .feature_table import FeatureTable

#: With more speakers, they are counted and not listed.
_MOST_SPEAKERS = 16


def table_view(table: "FeatureTable") -> str:
    """Return HTML with clips, speakers, emotions by speaker, features, and the rows left out."""
    usable, n_copies = table.frame[table.usable], is_augmented(table.frame).sum()
    several = usable["corpus"].nunique() > 1
    speakers = usable["corpus"] + ":" + usable["speaker"] if several else usable["speaker"]
    left_out = left_out_text(table.left_out)
    feature_set = table.about.get("feature_set")
    what = "clips" if table.level == "clips" else "rows of 10 ms"
    facts = {
        what: f"{len(table) - n_copies}",
        "augmented copies": f"{n_copies or ''}",
        "left out": left_out,
        "speakers": f"{speakers.nunique()}",
        "corpora": corpora_in_words(table.corpora, ""),
        "features": f"{len(table.feature_names)}" + (f" of {feature_set}" if feature_set else ""),
        "engine": table.engine,
    }
    counts = pd.crosstab(usable["emotion"], speakers)
    if counts.empty:
        return view("Feature table", facts, notice=table.notice)
    largest = counts.to_numpy().max()
    if counts.shape[1] > _MOST_SPEAKERS:
        head = ["emotion", what, "speakers"]
        rows = [[name, row.sum(), (row > 0).sum()] for name, row in counts.iterrows()]
    else:
        head = ["emotion", *counts.columns, "all"]
        rows = [[name, *(shaded(n, n / largest) for n in row), row.sum()] for name, row in counts.iterrows()]
    return view("Feature table", facts, grid(head, rows), notice=table.notice)
