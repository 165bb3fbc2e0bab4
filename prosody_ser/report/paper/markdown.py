"""A result's tables in Markdown (GitHub's dialect)."""

import re

from ...results import Result
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
    """
    parts = []
    notice = notice_of(result.data)
    first = f"**{markdown_escaped(notice)}** " if notice else ""
    for table in paper_tables(result.data):
        lines = [f"{first}*{markdown_escaped(table.caption)}*", "", _row(table.header)]
        lines.append("|---" + "|---:" * (len(table.header) - 1) + "|")
        lines += [_row(row) for row in table.rows]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def markdown_escaped(text: str) -> str:
    """Text that Markdown shows as it is: whatever could start markup gets a backslash."""
    return re.sub(r"([\\`*_{}\[\]<>|~$#&!@])", r"\\\1", text)


def _row(cells):
    return "| " + " | ".join(map(markdown_escaped, cells)) + " |"
