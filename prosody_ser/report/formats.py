"""The formats of a report, by name and by the suffix of a file."""

from collections.abc import Callable
from functools import partial

from ..corpus_names import corpora_in_words
from ..results import Comparison, CrossResult, Result
from .html.page import plain_html, result_html
from .paper.latex import result_latex
from .paper.markdown import result_markdown
from .text.comparison import comparison_parts, comparison_text
from .text.cross import cross_parts, cross_text

Reported = Result | Comparison | CrossResult


def _html(result: Reported) -> str:
    if isinstance(result, Result):
        return result_html(result)
    corpora = corpora_in_words(result.data["corpora"])
    if isinstance(result, Comparison):
        return plain_html(f"Comparison: {corpora}", comparison_parts(result.data))
    return plain_html(f"Across corpora: {corpora}", cross_parts(result.data))


def _text(of_result: Callable[[Result], str], form: str, result: Reported) -> str:
    if isinstance(result, Result):
        return of_result(result)
    write = comparison_text if isinstance(result, Comparison) else cross_text
    return write(result.data, form) + "\n"


FORMATS: dict[str, Callable[[Reported], str]] = {
    "html": _html,
    "markdown": partial(_text, result_markdown, "markdown"),
    "latex": partial(_text, result_latex, "latex"),
}
SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".tex": "latex"}
