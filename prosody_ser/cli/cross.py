"""``prosody-ser cross``."""

from pathlib import Path
from typing import Annotated

import typer

from .beside import beside
from .options import Balance, Columns, Device, Folds, Force, Jobs, Model, Scheduler, Seed, Select, SpeakerNorm
from .printing import say

EXAMPLES = ("prosody-ser cross emodb.csv ravdess.csv --speaker-norm speaker",)


def command(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="TABLES...", help="One a corpus; or one with several in its column corpus.")
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
    out: Annotated[Path, typer.Option(help="The result as JSON.")] = Path("cross.json"),
    plot: Annotated[Path | None, typer.Option(help="The picture; OUT with .png if not given.")] = None,
    form: Annotated[str, typer.Option("--format", help="text, markdown or latex.")] = "text",
    force: Force = False,
) -> None:
    """Train on each corpus and test on each other, over the emotions that all of them have.

    A matrix of UAR (rows: trained on; columns: tested on) as text, JSON and picture. The diagonal is cross-validated
    within the corpus (--folds), no speaker in both train and test, over the same emotions; what the change of corpus
    costs is said for each direction. Tables need the same features; a speaker or a recording in two of them is refused.
    """
    from ..atomic_write import check_outputs, whole_file
    from ..errors import chosen
    from ..learn.comparison.corpora import check_same_features
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
    check_outputs(out, picture, inputs=[file for path in inputs for file in files_read(path)], force=force)
    check_picture_suffix(picture)
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, select=select, device=device, seed=seed)
    opened = {path: open_table(path, columns=columns)[0] for path in inputs}
    check_same_features({str(path): table for path, table in opened.items()})
    stems = [path.stem for path in inputs]
    names = stems if len(set(stems)) == len(stems) else [str(path) for path in inputs]
    tables = dict(zip(names, opened.values(), strict=True))
    with dask_cluster(scheduler), progress_bar("fits") as progress:
        found = cross_corpus(tables, pipeline, folds=folds, seed=seed, n_jobs=jobs, progress=progress)
    with whole_file(out) as temporary:  # both files or neither
        found.write(temporary)
        plot_cross(found.data, picture)
    print(cross_text(found.data, form))
    if form == "text":
        say("", f"result  -> {out}", f"picture -> {picture}")
