r"""The tables of a result in LaTeX with booktabs, to be copied into a paper or read by ``\input``."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...results import Result
from ...terminal_view import one_line
from ..number_format import MINUS, UNDEFINED
from .tables import notice_of, paper_tables

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "`": r"\textasciigrave{}",
    MINUS: "$-$",
    UNDEFINED: "--",
    "\N{NO-BREAK SPACE}": "~",
}
#: Characters that LaTeX joins if they are doubled.
_JOINED = re.compile("([-',])(?=\\1)")


def result_latex(result: Result | Mapping[str, Any] | str | os.PathLike) -> str:
    r"""Format the tables for a paper: scores by track, scores by emotion, and confusion matrix.

    Parameters
    ----------
    result : Result, dict or path_like
        As it is, its data (``Result.data``), or the path of its JSON file.

    Returns
    -------
    str
        Three ``table`` environments; the first caption states the protocol. The paper needs ``\usepackage{booktabs}``;
        labels in other than Latin letters need XeLaTeX or LuaLaTeX.

    Examples
    --------
    >>> result = ser.evaluate(ser.load_emodb_features("chroma"), ser.make_pipeline("lda"), folds=2)
    >>> ser.result_latex(result).count("\\begin{table}")
    3
    """
    lines = [r"% \usepackage{booktabs}"]
    data = Result.of(result).data
    notice = notice_of(data)
    first = rf"\textbf{{{latex_escaped(notice)}}} " if notice else ""
    for table in paper_tables(data):
        lines += [
            "",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{first}{latex_escaped(table.caption)}}}",
            rf"\label{{tab:{table.name}}}",
            tabular(table.header, table.rows),
            r"\end{table}",
        ]
    return "\n".join(lines) + "\n"


def tabular(header: Sequence[str], rows: Sequence[Sequence[str]], n_left: int = 1) -> str:
    """Format a table whose first columns are flush left and the others flush right."""
    columns = "l" * n_left + "r" * (len(header) - n_left)
    lines = [r"\toprule", _row(header), r"\midrule", *map(_row, rows), r"\bottomrule"]
    return "\n".join([rf"\begin{{tabular}}{{{columns}}}", *lines, r"\end{tabular}"])


def latex_escaped(text: str) -> str:
    """Escape text so that LaTeX sets it unchanged."""
    apart = _JOINED.sub(lambda match: match[1] + "\0", one_line(text))
    return "".join(_ESCAPES.get(c, c) for c in apart).replace("\0", "{}")


def _row(cells: Sequence[str]) -> str:
    row = " & ".join(map(latex_escaped, cells))
    return ("{}" if row[:1] in ("[", "*") else "") + row + r" \\"  # LaTeX reads them as arguments of the row before
