"""``prosody-ser importances``."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .beside import beside
from .evaluating import Evaluating
from .options import Force
from .printing import say
from .takes import takes

if TYPE_CHECKING:
    import pandas as pd

    from ..learn.splits.evaluation_plan import EvaluationPlan

EXAMPLES = (
    "prosody-ser importances out.csv --model svm",
    "prosody-ser importances out.csv --by all --drop-family --json all.json",
)


@takes(Evaluating, model="rf")
def command(
    how: Evaluating,
    by: Annotated[
        str,
        typer.Option(
            metavar="feature|cluster|family|all",
            help="What is shuffled: one feature, a cluster of correlated ones jointly, a family jointly, or all three.",
        ),
    ] = "feature",
    repeats: Annotated[int, typer.Option(min=1, help="Shuffles per feature.")] = 10,
    drop_family: Annotated[
        bool, typer.Option("--drop-family", help="Also fit again without each family: the UAR that is lost.")
    ] = False,
    in_sample: Annotated[
        bool, typer.Option("--in-sample", help="Also coefficients or impurity of a fit on all clips; not held out.")
    ] = False,
    out: Annotated[Path, typer.Option(help="The ranking as CSV; others go beside it.")] = Path("importances.csv"),
    plot: Annotated[Path | None, typer.Option(help="The bar chart; OUT with .png if not given.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="All that was found as JSON, if wanted.")] = None,
    force: Force = False,
) -> None:
    """Rank features by how much UAR unheard speakers lose when one is shuffled.

    Held-out permutation importance over speaker-disjoint folds: a table, a CSV and a bar chart. Correlated features
    share their importance: --by cluster shuffles them jointly, --by family all of a kind. With --by all, clusters and
    families go to OUT-clusters.csv and OUT-families.csv. Without TABLE it takes the one that 'extract' wrote last in
    this folder, else the built-in table of EMO-DB, and says which.
    """
    from ..atomic_write import check_outputs, write_json
    from ..errors import chosen
    from ..learn.inspection.ablation import check_families
    from ..learn.inspection.importances import BY, importances_block, importances_by
    from ..learn.inspection.in_sample import in_sample as within
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.style import check_picture_suffix
    from .progress import progress_bar

    words = list(BY) if chosen("--by", by, [*BY, "all"]) == "all" else [by]
    how = how.found()
    chart = plot or beside(out, suffix=".png")
    places = _places(out, chart, words, drop_family, in_sample)
    check_outputs(*(path for pair in places.values() for path in pair), json_out, inputs=how.files, force=force)
    check_picture_suffix(chart, "chart")
    pipeline = how.pipeline()
    table, name = how.open()
    plan = how.plan(table).for_pipeline(pipeline, enrols=False)
    if drop_family:
        check_families(plan.X.columns)
    weights = within(plan, pipeline) if in_sample else None  # a refusal comes before the long work
    with dask_cluster(how.scheduler), progress_bar("folds") as progress:
        found = importances_by(plan, pipeline, words, n_repeats=repeats, n_jobs=how.jobs, progress=progress)
    blocks = {"importances": importances_block(found, repeats, table.notice)}
    say(f"table     {name}")
    _rankings(found, places, table.notice, how.title(table, name, "permutation importance"))
    if drop_family:
        title = how.title(table, name, "loss without a family")
        blocks |= _without_families(plan, pipeline, how, places["drop-family"], title)
    if weights is not None:
        blocks |= _in_sample(weights, places["in-sample"][0], table.notice)
    if json_out is not None:
        write_json(json_out, blocks)
        say(f"all as JSON -> {json_out}")


def _places(
    out: Path, chart: Path, words: list[str], drop_family: bool, in_sample: bool
) -> dict[str, tuple[Path, ...]]:
    """The files of each ranking: CSV and chart, if it has one."""
    suffixes = ("", "-clusters", "-families") if len(words) > 1 else ("",)
    places: dict[str, tuple[Path, ...]] = {}
    for word, suffix in zip(words, suffixes, strict=True):
        places[word] = beside(out, suffix), beside(chart, suffix)
    if drop_family:
        places["drop-family"] = beside(out, "-drop-family"), beside(chart, "-drop-family")
    if in_sample:
        places["in-sample"] = (beside(out, "-in-sample"),)
    return places


def _rankings(
    found: "dict[str, pd.DataFrame]", places: dict[str, tuple[Path, ...]], notice: str | None, title: str
) -> None:
    from ..plots.importances import plot_importances
    from ..report import importances_text

    for number, (word, frame) in enumerate(found.items()):
        csv, picture = places[word]
        plain = frame.assign(features=frame["features"].map(" ".join)) if word == "cluster" else frame
        _write(plain, csv, notice, partial(plot_importances, frame, picture, title, notice))
        print(("\n" if number else "") + importances_text(frame, notice))
        say("", f"ranking -> {csv}", f"chart   -> {picture}")


def _without_families(
    plan: "EvaluationPlan", pipeline: Any, how: Evaluating, files: tuple[Path, ...], title: str
) -> dict[str, Any]:
    from ..learn.inspection.ablation import drop_family, drop_family_block
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.importances import plot_drop_family
    from ..report import drop_family_text
    from .progress import progress_bar

    csv, picture = files
    kept = "the rankings above are whole"
    with dask_cluster(how.scheduler), progress_bar("fits without a family", kept) as progress:
        lost = drop_family(plan, pipeline, n_jobs=how.jobs, progress=progress)
    notice = plan.table.notice
    _write(lost, csv, notice, partial(plot_drop_family, lost, picture, title, notice))
    print(f"\n{drop_family_text(lost)}\n")
    say(f"without a family -> {csv}", f"chart            -> {picture}")
    return {"drop_family": drop_family_block(lost)}


def _in_sample(weights: "pd.DataFrame", csv: Path, notice: str | None) -> dict[str, Any]:
    from ..learn.inspection.in_sample import in_sample_block
    from ..report import in_sample_text

    _write(weights.assign(warning=weights.attrs["warning"]), csv, notice)
    print(f"\n{in_sample_text(weights)}\n")
    say(f"in-sample -> {csv}")
    return {"in_sample": in_sample_block(weights)}


def _write(frame: "pd.DataFrame", path: Path, notice: str | None, draw: Callable[[], None] | None = None) -> None:
    """The frame as CSV, and what `draw` draws: both files or neither."""
    from ..atomic_write import whole_file

    with whole_file(path) as temporary:
        (frame.assign(notice=notice) if notice else frame).to_csv(temporary, index=False, lineterminator="\n")
        if draw is not None:
            draw()
