"""The formats of a report by name, and by the end of a file's name."""

from collections.abc import Callable

from ..results import Result
from .html.page import result_html
from .paper.latex import result_latex
from .paper.markdown import result_markdown

FORMATS: dict[str, Callable[[Result], str]] = {
    "html": result_html,
    "markdown": result_markdown,
    "latex": result_latex,
}
SUFFIXES = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".tex": "latex"}
