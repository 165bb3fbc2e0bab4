"""The formats of a report by name, and by the end of a file's name."""

from collections.abc import Callable
from functools import partial

from ..results import Comparison, CrossResult, Result
from .html.page import plain_html, result_html
from .paper.latex import result_latex
from .paper.markdown import result_markdown
from .text.comparison import comparison_parts, comparison_text
from .text.cross import cross_parts, cross_text

Reported = Result | Comparison | CrossResult


def _html(found: Reported) -> str:
    if isinstance(found, Result):
        return result_html(found)
    corpora = ", ".join(found.data["corpora"]) or "corpus not named"
    if isinstance(found, Comparison):
        return plain_html(f"Comparison: {corpora}", comparison_parts(found.data))
    return plain_html(f"Across corpora: {corpora}", cross_parts(found.data))


def _text(of_result: Callable[[Result], str], form: str, found: Reported) -> str:
    if isinstance(found, Result):
        return of_result(found)
    write = comparison_text if isinstance(found, Comparison) else cross_text
    return write(found.data, form) + "\n"


FORMATS: dict[str, Callable[[Reported], str]] = {
    "html": _html,
    "markdown": partial(_text, result_markdown, "markdown"),
    "latex": partial(_text, result_latex, "latex"),
}
SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".tex": "latex"}
