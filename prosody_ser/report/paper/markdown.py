"""The tables of a result in Markdown (GitHub's dialect)."""

import os
from collections.abc import Mapping
from typing import Any

from ...results import Result
from ..markdown import escaped, table
from .tables import notice_of, paper_tables


def result_markdown(result: Result | Mapping[str, Any] | str | os.PathLike) -> str:
    """Format the tables for a paper or a README: scores by track, scores by emotion, and confusion matrix.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file.

    Returns
    -------
    str
        Each table is below its caption; the first caption states the protocol. Characters with a meaning in Markdown
        or HTML are escaped.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> print(ser.result_markdown(result))
    *Emotion recognition on emodb: 535 clips, 10 speakers, ...
    """
    parts = []
    data = Result.of(result).data
    notice = notice_of(data)
    first = f"**{escaped(notice)}** " if notice else ""
    for content in paper_tables(data):
        parts.append(f"{first}*{escaped(content.caption)}*\n\n{table(content.header, content.rows)}\n")
    return "\n".join(parts)
