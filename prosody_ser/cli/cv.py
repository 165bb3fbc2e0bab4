"""``prosody-ser cv``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .evaluating import Evaluating
from .options import Force, SpeakerNorms
from .printing import print_lines
from .takes import takes

if TYPE_CHECKING:
    from ..learn.splits.evaluation_plan import EvaluationPlan
    from ..results import Result

EXAMPLES = (
    "prosody-ser cv out.csv --model svm",
    "prosody-ser cv out.csv --model rf --balance smote --out rf.json",
    "prosody-ser cv built-in --features mfcc,chroma,mel --speaker-norm both",
)


@takes(Evaluating, without=("speaker_norm",))
def command(
    how: Evaluating,
    speaker_norm: SpeakerNorms = "none",
    enrol_clips: Annotated[
        int,
        typer.Option(
            min=1,
            help="Number of enrolment clips of each speaker with '--speaker-norm enrol', drawn at random by --seed.",
        ),
    ] = 5,
    permutations: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of evaluations on labels permuted within speakers, for a p-value. Each takes as long as the "
            "evaluation itself.",
        ),
    ] = 0,
    naive: Annotated[
        bool,
        typer.Option(
            "--naive",
            help="Also show how much common mistakes would raise the score, step by step: a random split, then SMOTE "
            "before the split.",
        ),
    ] = False,
    importances: Annotated[
        bool,
        typer.Option(
            "--importances",
            help="Also store the importances of features, of clusters of correlated features and of families.",
        ),
    ] = False,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Also store the UAR for each number of training speakers.")
    ] = False,
    profile: Annotated[
        bool,
        typer.Option("--profile", help="Also store the profile of each emotion, compared with neutral; see 'profile'."),
    ] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON file for the full result.")] = Path("result.json"),
    write_split: Annotated[
        Path | None,
        typer.Option(help="File for the folds, .json or .csv, to be used again with --split-file. [default: none]"),
    ] = None,
    force: Force = False,
) -> None:
    """Cross-validate a model on held-out speakers.

    No speaker is in both the training and the test clips of a fold. The command prints UAR, accuracy and F1 with
    confidence intervals over speakers; scores by emotion, speaker and group of speakers; the confusion matrix; how well
    the probabilities are calibrated; and the findings of the leak audit ('prosody-ser audit' gives the details). It
    writes all of this, with every held-out prediction, to --out.

    Without TABLE, it uses the table that 'extract' wrote last in this folder, or else the built-in EMO-DB table, and
    prints which one. The word built-in in place of TABLE chooses the built-in table in any folder.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing
    from ..learn.evaluation.evaluate import evaluate
    from ..learn.evaluation.tracks import wanted_norms
    from ..learn.inspection.profile import check_reference, with_profile
    from ..learn.splits.split_file import check_split_suffix
    from ..learn.splits.split_file import write_split as keep_split
    from ..parallel.dask_jobs import dask_cluster
    from ..report import last_line, result_text
    from .progress import progress_bar

    how = how.resolved()
    check_suffix(out, "a result", ".json")
    if write_split is not None:
        check_split_suffix(write_split)
    check_places(out, write_split, inputs=how.files)
    pipeline, *alongside = (how.pipeline(speaker_norm=norm) for norm in wanted_norms(speaker_norm))
    table, name = how.open()
    plan = how.plan(table, enrol_clips=enrol_clips)
    if profile:
        check_reference(table)
    refuse_existing(out, write_split, force=force)
    with dask_cluster(how.scheduler):
        with progress_bar("folds") as progress:
            result = evaluate(plan, pipeline, alongside=alongside, n_jobs=how.jobs, progress=progress)
        if (permutations or naive or importances or learning_curve or profile) and (out.is_file() or not out.exists()):
            result.write(out)  # the next steps may take long, and the user may stop them
        kept = f"{out} holds the scores so far"
        result = _with_more(result, plan, pipeline, how.jobs, kept, permutations, naive, importances, learning_curve)
    if profile:
        result = with_profile(result, table)
    result.write(out)
    if write_split is not None:
        keep_split(write_split, plan)
    print_lines(f"table     {name}")
    print(result_text(result))
    print_lines("", f"full result -> {out}")
    if write_split is not None:
        print_lines(f"folds       -> {write_split}")
    print(last_line(result, name))


def _with_more(
    result: "Result",
    plan: "EvaluationPlan",
    pipeline: Any,
    jobs: int,
    kept: str,
    permutations: int,
    naive: bool,
    importances: bool,
    curve: bool,
) -> "Result":
    """Add the parts of the result that need further fits, where they are asked for."""
    from ..learn.evaluation.naive import with_naive
    from ..learn.evaluation.p_value import with_permutation_test
    from ..learn.inspection.importances import with_importances
    from ..learn.inspection.learning_curve import with_learning_curve
    from .progress import progress_bar

    if permutations:
        with progress_bar("permutations", kept) as progress:
            result = with_permutation_test(
                result, plan, pipeline, n_permutations=permutations, n_jobs=jobs, progress=progress
            )
    if naive:
        with progress_bar("naive folds", kept) as progress:
            result = with_naive(result, plan, pipeline, n_jobs=jobs, progress=progress)
    if importances:
        with progress_bar("importances", kept) as progress:
            result = with_importances(result, plan, pipeline, n_jobs=jobs, progress=progress)
    if curve:
        with progress_bar("learning curve", kept) as progress:
            result = with_learning_curve(result, plan, pipeline, n_jobs=jobs, progress=progress)
    return result
