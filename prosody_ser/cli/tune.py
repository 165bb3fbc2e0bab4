"""``prosody-ser tune``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    Balance,
    Calibrate,
    Family,
    Features,
    Folds,
    Jobs,
    Model,
    Seed,
    Select,
    SpeakerNorm,
    SplitFile,
    Table,
)


def command(
    table: Table = None,
    features: Features = None,
    family: Family = None,
    model: Model = "svm",
    search: Annotated[
        str,
        typer.Option(help="grid; random: --candidates of it; halving: the better half goes on after each inner fold."),
    ] = "grid",
    space: Annotated[str, typer.Option(help="small or wide; see 'models'.")] = "small",
    inner_folds: Annotated[int, typer.Option(min=2, help="Speaker-grouped folds of the training clips, at most.")] = 5,
    candidates: Annotated[
        int | None, typer.Option(min=1, help="How many a random search draws (20), or a halving one starts with (all).")
    ] = None,
    folds: Folds = "auto",
    split_file: SplitFile = None,
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    select: Select = "none",
    calibrate: Calibrate = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Annotated[Path, typer.Option(help="Where the full result goes.")] = Path("result.json"),
):
    """Search a model's parameters, and score the search on speakers it has not heard.

    In each outer fold the parameters are searched on inner folds of its training speakers; the test speakers have no
    part in it. Prints what 'cv' prints, the best parameters of each outer fold, inner against outer UAR, and the
    parameters of the final fit on all clips, and writes all of it to --out. With '--select kbest', no number given, the
    number of features is searched too. Without TABLE it takes the one that 'extract' wrote last in this folder, else
    the built-in table of EMO-DB, and says which.
    """
    from ..atomic_write import check_outputs
    from ..learn.evaluation.nested_score import tune
    from ..learn.pipeline import make_tuned_pipeline
    from ..report import last_line, result_text
    from .input_table import files_read, folds_or_file, open_table, table_or_default
    from .progress import progress_bar

    table = table_or_default(table)
    check_outputs(out, inputs=[*files_read(table), *([split_file] if split_file else [])])
    pipeline = make_tuned_pipeline(
        model,
        search=search,
        space=space,
        inner_folds=inner_folds,
        n_candidates=candidates,
        balance=balance,
        speaker_norm=speaker_norm,
        select=select,
        calibrate=calibrate,
        seed=seed,
    )
    opened, name = open_table(table, features, family)
    wanted = folds_or_file(folds, split_file, opened)
    with progress_bar("outer folds, final fit") as progress:
        result, _ = tune(opened, pipeline, folds=wanted, seed=seed, n_jobs=jobs, progress=progress)
    result.write(out)
    print(f"table     {name}")
    print(result_text(result))
    print(f"\nfull result -> {out}")
    print(last_line(result, name))
