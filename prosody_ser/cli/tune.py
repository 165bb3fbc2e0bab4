"""``prosody-ser tune``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .evaluating import Evaluating
from .options import Force
from .printing import say
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
        typer.Option(help="grid; random: --candidates of it; halving: the better half goes on after each inner fold."),
    ] = "grid",
    space: Annotated[str, typer.Option(help="small or wide; see 'models'.")] = "small",
    inner_folds: Annotated[int, typer.Option(min=2, help="Speaker-grouped folds of the training clips, at most.")] = 5,
    candidates: Annotated[
        int | None, typer.Option(min=1, help="How many a random search draws (20), or a halving one starts with (all).")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the full result goes.")] = Path("result.json"),
    force: Force = False,
) -> None:
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
    from ..parallel.dask_jobs import dask_cluster
    from ..report import last_line, result_text
    from .progress import progress_bar

    how = how.found()
    check_outputs(out, inputs=how.files, force=force)
    searched: dict[str, Any] = {
        "search": search,
        "space": space,
        "inner_folds": inner_folds,
        "n_candidates": candidates,
    }
    pipeline = make_tuned_pipeline(**how.steps, **searched)
    table, name = how.open()
    plan = how.plan(table)
    with dask_cluster(how.scheduler), progress_bar("outer folds, final fit") as progress:
        result, _ = tune(plan, pipeline, n_jobs=how.jobs, progress=progress)
    result.write(out)
    say(f"table     {name}")
    print(result_text(result))
    say("", f"full result -> {out}")
    print(last_line(result, name))
