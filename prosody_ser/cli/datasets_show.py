"""``prosody-ser datasets show``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Columns, Force
from .printing import say, tell

EXAMPLES = ("prosody-ser datasets show ravdess/", "prosody-ser datasets show emodb emodb/wav --format markdown")


def command(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME] DIR",
            help="Folder of a corpus; before it, optionally, the name of the corpus, which 'datasets' lists.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Picture to write, .png, .svg or .pdf. [default: CORPUS_overview.png]"),
    ] = None,
    format: Annotated[str, typer.Option(help="Format of the printed overview: text, json or markdown.")] = "text",
    columns: Columns = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Number of worker processes. [default: one per core]")] = None,
    force: Force = False,
) -> None:
    """Survey a corpus folder.

    The command prints an overview and draws it as a picture. The overview lists the files that are present and missing,
    clips by speaker and emotion, durations, formats, unusual files, and duplicates: files that are identical byte by
    byte, and files with the same sound in another format, at another level or cut differently.
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
        raise typer.BadParameter(f"expected a folder, or a corpus and a folder, but got {len(what)} names")
    chosen("format", format, FORMATS)
    name, folder = (what[0], what[1]) if len(what) == 2 else (None, what[0])
    check_input(folder, FOLDER, LABELS)
    if out is not None:
        check_picture_suffix(out)
    # checked before the long work; the final name is known only after it
    check_outputs(out or Path("overview.png"), inputs=[Path(folder)], force=force or out is None)
    with progress_bar("reading and comparing") as progress:
        overview = survey(folder, name, columns=columns_asked(columns), jobs=jobs, progress=progress)
    picture = out or Path(f"{overview.corpus.replace(':', '_')}_overview.png")
    check_outputs(picture, inputs=[Path(clip.utterance.path) for clip in overview.clips], force=force)
    print(FORMATS[format](overview))
    plot_survey(overview, picture)
    if format == "text":
        say("", f"picture -> {picture}")
    else:  # a program may read standard output
        tell(f"picture -> {picture}")
