"""``prosody-ser datasets show``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Columns, Force
from .printing import print_lines, print_notice

if TYPE_CHECKING:
    from ..datasets.survey.overview import Survey

EXAMPLES = ("prosody-ser datasets show ravdess/", "prosody-ser datasets show emodb emodb/wav --format markdown")

#: Largest number of characters of a folder's name in the name of a picture.
_LONGEST_NAME = 100


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
        typer.Option(
            "--out",
            "-o",
            help="Picture to write, .png, .svg or .pdf. [default: CORPUS_overview.png, or DIR_overview.png for "
            "recordings of your own]",
        ),
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

    If the picture exists already, it is kept, and the overview is printed nevertheless. Without --force, an existing
    file that --out names is an error.
    """
    from ..atomic_write import check_outputs, check_places
    from ..datasets import CORPORA
    from ..datasets.survey import survey
    from ..errors import CorpusError, chosen
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
    if name is not None:
        chosen("corpus", name, CORPORA, error=CorpusError)
    asked = columns_asked(columns)
    if out is not None:
        check_picture_suffix(out)
    # checked before the long work; the final name is known only after it
    check_outputs(out or Path("overview.png"), inputs=[Path(folder)], force=force or out is None)
    with progress_bar("reading and comparing") as progress:
        overview = survey(folder, name, columns=asked, jobs=jobs, progress=progress)
    picture = out or _named_after(overview, folder)
    check_places(picture, inputs=[Path(clip.utterance.path) for clip in overview.clips])
    print(FORMATS[format](overview))
    if os.path.isfile(picture) and not force:
        done = f"{picture}: the picture exists already and is kept; add --force to replace it, or name another (--out)"
    else:
        plot_survey(overview, picture)
        done = f"picture -> {picture}"
    if format == "text":
        print_lines("", done)
    else:  # a program may read standard output
        print_notice(done)


def _named_after(overview: "Survey", source: str) -> Path:
    """Name the picture after the corpus, or after the folder or list if its recordings are of no known corpus."""
    own = overview.n_expected is None
    place = Path(os.path.realpath(source))
    name = (place.name if place.is_dir() else place.stem)[:_LONGEST_NAME] if own else ""
    return Path(f"{name or overview.corpus}_overview.png")
