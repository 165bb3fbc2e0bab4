r"""A result's tables in LaTeX, with booktabs: to be copied into a paper or read by ``\input``."""

import re

from ...results import Result
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
#: Signs that LaTeX joins where two stand together.
_JOINED = re.compile("([-',])(?=\\1)")


def result_latex(result: Result) -> str:
    r"""Tables for a paper: scores by track, by emotion, confusion; the first caption states the protocol.

    Parameters
    ----------
    result : Result

    Returns
    -------
    str
        Three ``table`` environments. The paper needs ``\usepackage{booktabs}``; labels in other than Latin letters
        need XeLaTeX or LuaLaTeX.
    """
    lines = [r"% \usepackage{booktabs}"]
    notice = notice_of(result.data)
    first = rf"\textbf{{{latex_escaped(notice)}}} " if notice else ""
    for table in paper_tables(result.data):
        lines += [
            "",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{first}{latex_escaped(table.caption)}}}",
            rf"\label{{tab:{table.name}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
            r"\toprule",
            _row(table.header),
            r"\midrule",
            *(_row(row) for row in table.rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    return "\n".join(lines) + "\n"


def latex_escaped(text: str) -> str:
    """Text that LaTeX sets as it is."""
    return "".join(_ESCAPES.get(c, c) for c in _JOINED.sub(lambda found: found[1] + "\0", text)).replace("\0", "{}")


def _row(cells):
    row = " & ".join(map(latex_escaped, cells))
    return ("{}" if row[:1] in ("[", "*") else "") + row + r" \\"  # after the end of a row above they mean something
