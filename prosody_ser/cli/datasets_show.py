"""``prosody-ser datasets show``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Columns, Force
from .printing import say, tell

EXAMPLES = ("prosody-ser datasets show ravdess/", "prosody-ser datasets show emodb emodb/wav --format markdown")


def command(
    what: Annotated[
        list[str], typer.Argument(metavar="[NAME] DIR", help="A corpus folder, before it the corpus if you know it.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The picture, .png, .svg or .pdf; CORPUS_overview.png if not given."),
    ] = None,
    format: Annotated[str, typer.Option(help="text, json or markdown.")] = "text",
    columns: Columns = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; all cores if not given.")] = None,
    force: Force = False,
) -> None:
    """Show what a corpus folder holds: a table on the terminal, and a picture.

    What is there and what is missing, clips by speaker and emotion, durations, formats, odd files, and duplicates:
    files that are the same byte by byte or hold the same sound in another format, at another level or cut otherwise.
    """
    from ..atomic_write import check_outputs
    from ..datasets.survey import survey
    from ..errors import chosen
    from ..plots.style import check_picture_suffix
    from ..plots.survey import plot_survey
    from ..report.text.survey import FORMATS
    from .input_table import columns_asked
    from .inputs import FOLDER, LABELS, check_input
    from .progress import progress_bar

    if len(what) > 2:
        raise typer.BadParameter(f"takes a corpus and a folder, got {len(what)} names")
    chosen("format", format, FORMATS)
    name, folder = (what[0], what[1]) if len(what) == 2 else (None, what[0])
    check_input(folder, FOLDER, LABELS)
    if out is not None:
        check_picture_suffix(out)
    check_outputs(
        out or Path("overview.png"), inputs=[Path(folder)], force=force or out is None
    )  # before minutes are spent
    with progress_bar("reading and comparing") as progress:
        found = survey(folder, name, columns=columns_asked(columns), jobs=jobs, progress=progress)
    picture = out or Path(f"{found.corpus.replace(':', '_')}_overview.png")
    check_outputs(picture, inputs=[Path(clip.utterance.path) for clip in found.clips], force=force)
    print(FORMATS[format](found))
    plot_survey(found, picture)
    if format == "text":
        say("", f"picture -> {picture}")
    else:  # what is printed may be read by a program
        tell(f"picture -> {picture}")
