"""``prosody-ser cross``."""

from pathlib import Path
from typing import Annotated

import typer

from .beside import beside
from .options import Balance, Columns, Device, Folds, Force, Jobs, Model, Scheduler, Seed, Select, SpeakerNorm
from .printing import print_lines

EXAMPLES = ("prosody-ser cross emodb.csv ravdess.csv --speaker-norm speaker",)


def command(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="TABLES...",
            help="Feature tables, one for each corpus; or one table whose column 'corpus' names several.",
        ),
    ],
    columns: Columns = None,
    model: Model = "svm",
    folds: Folds = "auto",
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    select: Select = "none",
    device: Device = None,
    seed: Seed = 0,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON file for the result.")] = Path("cross.json"),
    plot: Annotated[
        Path | None, typer.Option(help="Picture to write, .png, .svg or .pdf. [default: OUT with .png]")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="Format of the printed result: text, markdown or latex.")
    ] = "text",
    force: Force = False,
) -> None:
    """Train on each corpus and test on every other one.

    The result is a matrix of UAR (rows: training corpus; columns: test corpus) as text, JSON and picture, over the
    emotions that all corpora have. The diagonal is the cross-validated UAR within a corpus (--folds), which is
    speaker-independent. The command also shows, for each direction, how much UAR is lost by the change of corpus.

    All tables must have the same features. A speaker or a recording that occurs in two tables is refused.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing, whole_file
    from ..errors import chosen
    from ..learn.comparison.corpora import check_same_features, corpora_of
    from ..learn.comparison.cross import cross_corpus
    from ..learn.pipeline import make_pipeline
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.cross import plot_cross
    from ..plots.style import check_picture_suffix
    from ..report import cross_text
    from ..report.grid import FORMATS
    from .input_table import each_once, files_read, open_table
    from .inputs import TABLE, check_inputs
    from .progress import progress_bar

    chosen("format", form, FORMATS)
    picture = plot or beside(out, suffix=".png")
    check_inputs(inputs, TABLE)
    each_once(inputs)
    check_suffix(out, "a result", ".json")
    check_places(out, picture, inputs=[file for path in inputs for file in files_read(path)])
    check_picture_suffix(picture)
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, select=select, device=device, seed=seed)
    opened = {path: open_table(path, columns=columns)[0] for path in inputs}
    check_same_features({str(path): table for path, table in opened.items()})
    stems = [path.stem for path in inputs]
    differ = len(stems) > 1 and len(set(stems)) == len(stems)
    names = stems if differ else [str(path) for path in inputs]
    tables = dict(zip(names, opened.values(), strict=True))
    corpora_of(tables)  # a mistake in the command is reported before a file that exists
    refuse_existing(out, picture, force=force)
    with dask_cluster(scheduler), progress_bar("fits") as progress:
        result = cross_corpus(tables, pipeline, folds=folds, seed=seed, n_jobs=jobs, progress=progress)
    with whole_file(out) as temporary:  # both files or neither
        result.write(temporary)
        plot_cross(result.data, picture)
    print(cross_text(result.data, form))
    if form == "text":
        print_lines("", f"result  -> {out}", f"picture -> {picture}")
