"""``prosody-ser report``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Force
from .printing import say

EXAMPLES = ("prosody-ser report result.json", "prosody-ser report result.json --format latex")


def command(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="From 'cv', 'tune', 'compare' or 'cross'.")] = Path(
        "result.json"
    ),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The report; RESULT with .html if not given.")] = None,
    format: Annotated[
        str | None, typer.Option(help="html, markdown or latex; if not given, as OUT ends, else html.")
    ] = None,
    force: Force = False,
) -> None:
    """Write a result as a page: one HTML file that needs no network, for screen, phone and paper.

    markdown and latex give the tables that a paper prints, captions with the protocol among them; without --out they
    go to the terminal. Takes comparisons and results across corpora, too. The same result gives the same bytes.
    """
    from ..atomic_write import check_outputs, write_text
    from ..errors import ProsodySerError, chosen
    from ..report.formats import FORMATS, SUFFIXES
    from ..results import Result, read_any
    from .inputs import RESULT, check_input

    check_input(result, RESULT)
    if format is None:
        format = SUFFIXES.get(out.suffix.lower()) if out is not None else "html"
        if format is None:
            raise ProsodySerError(f"{out}: a report ends in {', '.join(SUFFIXES)}; or say its --format")
    write = chosen("format", format, FORMATS)
    if out is None and format == "html":
        out = Path(f"{result.stem or 'result'}.html")
    check_outputs(out, inputs=[result], force=force)
    read = read_any(result)
    text = write(read)
    if out is None:
        print(text, end="")
        return
    write_text(out, text)
    say(f"result    {result}")
    if read.data["notice"]:
        say(f"NOTE: {read.data['notice']}")
    if isinstance(read, Result):
        say(f"UAR       {read.uar:.3f}   ({read.data['protocol']['track']})")
    say(f"report -> {out}")
