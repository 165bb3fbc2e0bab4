"""``prosody-ser importances``."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .beside import beside
from .evaluating import Evaluating
from .options import Force
from .printing import print_lines
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
            help="Unit that is shuffled: single features, clusters of correlated features, families of features, or "
            "all three in turn.",
        ),
    ] = "feature",
    repeats: Annotated[int, typer.Option(min=1, help="Number of shuffles per feature, cluster or family.")] = 10,
    drop_family: Annotated[
        bool, typer.Option("--drop-family", help="Also fit the model without each family and show the loss of UAR.")
    ] = False,
    in_sample: Annotated[
        bool,
        typer.Option(
            "--in-sample",
            help="Also show the coefficients or impurity importances of a model fitted on all clips (not held out).",
        ),
    ] = False,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="CSV file for the ranking; further rankings are written beside it.")
    ] = Path("importances.csv"),
    plot: Annotated[
        Path | None, typer.Option(help="Bar chart to write, .png, .svg or .pdf. [default: OUT with .png]")
    ] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="JSON file for all rankings together. [default: none]")
    ] = None,
    force: Force = False,
) -> None:
    """Rank features by permutation importance.

    The importance of a feature is the UAR that is lost on held-out speakers when its values are shuffled among their
    clips. The command writes a table, a CSV and a bar chart. Correlated features share their importance: --by cluster
    shuffles each cluster of correlated features jointly, and --by family each family. With --by all, these rankings go
    to OUT-clusters.csv and OUT-families.csv.

    Without TABLE,
    the command uses the table that 'extract' wrote last in this folder, or else the built-in EMO-DB table, and prints
    which one.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing, write_json
    from ..errors import chosen
    from ..learn.evaluation.scoring import few_speakers
    from ..learn.inspection.ablation import check_families
    from ..learn.inspection.importances import BY, importances_block, importances_by
    from ..learn.inspection.in_sample import in_sample as within
    from ..learn.metrics.intervals import TOO_FEW
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.style import check_picture_suffix
    from .progress import progress_bar

    words = list(BY) if chosen("--by", by, [*BY, "all"]) == "all" else [by]
    chosen("speaker-norm", how.speaker_norm, ("none", "speaker"))
    how = how.resolved()
    chart = plot or beside(out, suffix=".png")
    places = _places(out, chart, words, drop_family, in_sample)
    written = [*(path for pair in places.values() for path in pair), json_out]
    check_suffix(out, "a ranking", ".csv")
    check_suffix(json_out, "a file for all rankings", ".json")
    check_places(*written, inputs=how.files)
    check_picture_suffix(chart, "a chart")
    pipeline = how.pipeline()
    table, name = how.open()
    plan = how.plan(table).for_pipeline(pipeline, enrols=False)
    if drop_family:
        check_families(plan.X.columns)
    refuse_existing(*written, force=force)
    weights = within(plan, pipeline) if in_sample else None  # early, as it may raise
    with dask_cluster(how.scheduler), progress_bar("folds") as progress:
        rankings = importances_by(plan, pipeline, words, n_repeats=repeats, n_jobs=how.jobs, progress=progress)
    blocks = {"importances": importances_block(rankings, repeats, table.notice)}
    print_lines(f"table     {name}")
    tested = {speaker for fold in plan.folds for speaker in plan.speakers[fold.test]}
    if few := few_speakers(len(tested), len(set(plan.speakers))):
        print_lines(f"NOTE: {few.removeprefix(TOO_FEW + '; ').replace('this score holds', 'this ranking holds')}")
    _rankings(rankings, places, table.notice, how.title(table, name, "permutation importance"))
    if drop_family:
        title = how.title(table, name, "loss without a family")
        blocks |= _without_families(plan, pipeline, how, places["drop-family"], title)
    if weights is not None:
        blocks |= _in_sample(weights, places["in-sample"][0], table.notice)
    if json_out is not None:
        write_json(json_out, blocks)
        print_lines(f"JSON -> {json_out}")


def _places(
    out: Path, chart: Path, words: list[str], drop_family: bool, in_sample: bool
) -> dict[str, tuple[Path, ...]]:
    """Give the files of each ranking: the CSV, and the chart if it has one."""
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
    rankings: "dict[str, pd.DataFrame]", places: dict[str, tuple[Path, ...]], notice: str | None, title: str
) -> None:
    from ..plots.importances import plot_importances
    from ..report import importances_text

    for number, (word, frame) in enumerate(rankings.items()):
        csv, picture = places[word]
        plain = frame.assign(features=frame["features"].map(" ".join)) if word == "cluster" else frame
        _write(plain, csv, notice, partial(plot_importances, frame, picture, title, notice))
        print(("\n" if number else "") + importances_text(frame, notice))
        print_lines("", f"ranking -> {csv}", f"chart   -> {picture}")


def _without_families(
    plan: "EvaluationPlan", pipeline: Any, how: Evaluating, files: tuple[Path, ...], title: str
) -> dict[str, Any]:
    from ..learn.inspection.ablation import drop_family, drop_family_block
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.importances import plot_drop_family
    from ..report import drop_family_text
    from .progress import progress_bar

    csv, picture = files
    kept = "the rankings printed above are complete"
    with dask_cluster(how.scheduler), progress_bar("fits without a family", kept) as progress:
        lost = drop_family(plan, pipeline, n_jobs=how.jobs, progress=progress)
    notice = plan.table.notice
    _write(lost, csv, notice, partial(plot_drop_family, lost, picture, title, notice))
    print(f"\n{drop_family_text(lost)}\n")
    print_lines(f"without a family -> {csv}", f"chart            -> {picture}")
    return {"drop_family": drop_family_block(lost)}


def _in_sample(weights: "pd.DataFrame", csv: Path, notice: str | None) -> dict[str, Any]:
    from ..learn.inspection.in_sample import in_sample_block
    from ..report import in_sample_text

    _write(weights.assign(warning=weights.attrs["warning"]), csv, notice)
    print(f"\n{in_sample_text(weights)}\n")
    print_lines(f"in-sample -> {csv}")
    return {"in_sample": in_sample_block(weights)}


def _write(frame: "pd.DataFrame", path: Path, notice: str | None, draw: Callable[[], None] | None = None) -> None:
    """Write the frame as CSV and call `draw`, which writes the picture: both files or neither."""
    from ..atomic_write import whole_file

    with whole_file(path) as temporary:
        (frame.assign(notice=notice) if notice else frame).to_csv(temporary, index=False, lineterminator="\n")
        if draw is not None:
            draw()
