"""``prosody-ser tune``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .evaluating import Evaluating
from .options import Force
from .printing import print_lines
from .takes import takes

EXAMPLES = (
    "prosody-ser tune out.csv --model svm",
    "prosody-ser tune out.csv --model rf --search random --candidates 30",
)


@takes(Evaluating)
def command(
    how: Evaluating,
    search: Annotated[
        str,
        typer.Option(
            help="Search method. grid: try all combinations of parameters. random: try --candidates of them, drawn at "
            "random. halving: after each inner fold, continue with the better half only."
        ),
    ] = "grid",
    space: Annotated[
        str, typer.Option(help="Search space, small or wide; 'prosody-ser models' lists both for each model.")
    ] = "small",
    inner_folds: Annotated[
        int, typer.Option(min=2, help="Number of inner folds; fewer if there are fewer training speakers.")
    ] = 5,
    candidates: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Number of combinations that a random search draws, or that halving starts with. [default: 20 for "
            "random, all for halving]",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON file for the full result.")] = Path("result.json"),
    force: Force = False,
) -> None:
    """Tune a model by nested cross-validation.

    In each outer fold, the parameters are searched on inner folds of the training speakers only, so that the held-out
    speakers score the whole search. The command prints
    what 'cv' prints, the best parameters of each outer fold, the inner and outer UAR, and the parameters of the final
    fit on all clips; it writes all of this to --out. With '--select kbest' and no number, the number of features is
    searched too.

    Without TABLE, it uses the table that 'extract' wrote last in this folder, or else the built-in EMO-DB
    table, and prints which one.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing
    from ..learn.evaluation.nested_score import tune
    from ..learn.pipeline import make_tuned_pipeline
    from ..parallel.dask_jobs import dask_cluster
    from ..report import last_line, result_text
    from .progress import progress_bar

    how = how.resolved()
    check_suffix(out, "a result", ".json")
    check_places(out, inputs=how.files)
    searched: dict[str, Any] = {
        "search": search,
        "space": space,
        "inner_folds": inner_folds,
        "n_candidates": candidates,
    }
    pipeline = make_tuned_pipeline(**how.steps, **searched)
    table, name = how.open()
    plan = how.plan(table)
    refuse_existing(out, force=force)
    with dask_cluster(how.scheduler), progress_bar("outer folds, final fit") as progress:
        result, _ = tune(plan, pipeline, n_jobs=how.jobs, progress=progress)
    result.write(out)
    print_lines(f"table     {name}")
    print(result_text(result))
    print_lines("", f"full result -> {out}")
    print(last_line(result, name))
