"""``prosody-ser report``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Force
from .printing import print_lines

EXAMPLES = ("prosody-ser report result.json", "prosody-ser report result.json --format latex")


def command(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="Result (.json) of 'cv', 'tune', 'compare' or 'cross'.")
    ] = Path("result.json"),
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the report. [default: RESULT with .html]")
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(help="Format of the report: html, markdown or latex. [default: by the suffix of OUT, else html]"),
    ] = None,
    force: Force = False,
) -> None:
    """Write a report on a result, as HTML, Markdown or LaTeX.

    An HTML report is one file that works offline, on a screen, on a phone and in print. The formats markdown and latex
    give the tables for a paper, with the evaluation protocol in their captions; without --out they are printed to the
    terminal. The same result always gives the same bytes.
    """
    from ..atomic_write import check_places, refuse_existing, write_text
    from ..errors import chosen
    from ..report.formats import FORMATS, SUFFIXES
    from ..report.protocol import unreliable
    from ..report.text.result import uar_of_tracks
    from ..results import Result, read_any
    from .format_of import format_of
    from .inputs import RESULT, check_input

    check_input(result, RESULT)
    if format is not None:
        chosen("format", format, FORMATS)
    format = format_of(out, format, SUFFIXES) or "html"
    render = FORMATS[format]
    if out is None and format == "html":
        out = Path(f"{result.stem or 'result'}.html")
    check_places(out, inputs=[result])
    content = read_any(result)
    refuse_existing(out, force=force)
    text = render(content)
    if out is None:
        print(text, end="")
        return
    write_text(out, text)
    print_lines(f"result    {result}")
    if content.data["notice"]:
        print_lines(f"NOTE: {content.data['notice']}")
    if isinstance(content, Result):
        print_lines(f"UAR       {uar_of_tracks(content)}")
        if warning := unreliable(content.data):
            print_lines(f"audit     {warning}")
    print_lines(f"report -> {out}")
