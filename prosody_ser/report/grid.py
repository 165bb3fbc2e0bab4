"""A grid of short texts as plain text, Markdown or LaTeX."""

from collections.abc import Sequence

FORMATS = {"text": "for a terminal", "markdown": "for a page", "latex": "for a paper"}
_LATEX = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "<": "$<$",
    ">": "$>$",
}


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], form: str = "text", n_left: int = 1) -> str:
    """Lay out a table.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        As many cells each as the header.
    form : {"text", "markdown", "latex"}
    n_left : int
        Columns set flush left; the others flush right.
    """
    cells = [[_plain(cell) for cell in row] for row in (header, *rows)]
    if form == "markdown":
        cells = [[cell.replace("|", "\\|") for cell in row] for row in cells]
        rule = ["---" if i < n_left else "---:" for i in range(len(header))]
        return "\n".join(f"| {' | '.join(row)} |" for row in (cells[0], rule, *cells[1:]))
    if form == "latex":
        lines = [" & ".join(map(latex, row)) + r" \\" for row in cells]
        columns = "l" * n_left + "r" * (len(header) - n_left)
        head = [rf"\begin{{tabular}}{{{columns}}}", r"\hline", lines[0], r"\hline"]
        return "\n".join([*head, *lines[1:], r"\hline", r"\end{tabular}"])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < n_left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def latex(text: str) -> str:
    """Text with LaTeX's own characters escaped."""
    return "".join(_LATEX.get(char, char) for char in text)


def titled(title: str, body: str, form: str = "text") -> str:
    """A table under its title."""
    if form == "markdown":
        return f"**{title}**\n\n{body}"
    return f"% {title}\n{body}" if form == "latex" else f"{title}\n{body}"


def paragraph(text: str, form: str = "text") -> str:
    """A remark that stands by itself."""
    return f"% {text}" if form == "latex" else text


def _plain(cell):
    return " ".join(str(cell).split())
