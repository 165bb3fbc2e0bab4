"""A result's tables in Markdown (GitHub's dialect)."""

from ...results import Result
from ..markdown import escaped, table
from .tables import notice_of, paper_tables


def result_markdown(result: Result) -> str:
    """Tables for a paper or a README: scores by track, by emotion, confusion; each under its caption.

    Parameters
    ----------
    result : Result

    Returns
    -------
    str
        The first caption states the protocol. Whatever is special to Markdown or HTML is escaped.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> print(ser.result_markdown(result))
    *Emotion recognition on emodb: 535 clips, 10 speakers, ...
    """
    parts = []
    notice = notice_of(result.data)
    first = f"**{escaped(notice)}** " if notice else ""
    for one in paper_tables(result.data):
        parts.append(f"{first}*{escaped(one.caption)}*\n\n{table(one.header, one.rows)}\n")
    return "\n".join(parts)
