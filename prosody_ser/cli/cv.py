"""``prosody-ser cv``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .evaluating import Evaluating
from .options import Force, SpeakerNorms
from .printing import say
from .takes import takes

if TYPE_CHECKING:
    from ..learn.splits.evaluation_plan import EvaluationPlan
    from ..results import Result

EXAMPLES = (
    "prosody-ser cv out.csv --model svm",
    "prosody-ser cv out.csv --model rf --balance smote --out rf.json",
    "prosody-ser cv --features mfcc,chroma,mel --speaker-norm both",
)


@takes(Evaluating, without=("speaker_norm",))
def command(
    how: Evaluating,
    speaker_norm: SpeakerNorms = "none",
    enrol_clips: Annotated[
        int, typer.Option(min=1, help="Clips of each speaker that 'enrol' normalises by, drawn by seed.")
    ] = 5,
    permutations: Annotated[
        int, typer.Option(min=0, help="Runs on labels permuted within speakers, for a p-value; each takes as long.")
    ] = 0,
    naive: Annotated[
        bool, typer.Option("--naive", help="Also what leaks would add, step by step: a random split, SMOTE before it.")
    ] = False,
    importances: Annotated[
        bool, typer.Option("--importances", help="Also importances of features, clusters and families, in the result.")
    ] = False,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Also the UAR by the number of speakers trained on.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Also the emotional profile against neutral, in the result.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the full result goes.")] = Path("result.json"),
    write_split: Annotated[
        Path | None, typer.Option(help="Also write the fold of every clip, .json or .csv, for --split-file.")
    ] = None,
    force: Force = False,
) -> None:
    """Cross-validate a model, no speaker in both train and test.

    Prints UAR, accuracy and F1 with intervals over speakers, scores by emotion, speaker and group of speakers, the
    confusion matrix, how far probabilities can be believed, and what the leak audit found ('prosody-ser audit' says
    more), and writes all of it with every held-out prediction to --out. Without TABLE it takes the one that 'extract'
    wrote last in this folder, else the built-in table of EMO-DB, and says which.
    """
    from ..atomic_write import check_outputs
    from ..learn.evaluation.evaluate import evaluate
    from ..learn.evaluation.tracks import wanted_norms
    from ..learn.inspection.profile import with_profile
    from ..learn.splits.split_file import check_split_suffix
    from ..learn.splits.split_file import write_split as keep_split
    from ..parallel.dask_jobs import dask_cluster
    from ..report import last_line, result_text
    from .progress import progress_bar

    how = how.found()
    check_outputs(out, write_split, inputs=how.files, force=force)
    if write_split is not None:
        check_split_suffix(write_split)
    pipeline, *alongside = (how.pipeline(speaker_norm=norm) for norm in wanted_norms(speaker_norm))
    table, name = how.open()
    plan = how.plan(table, enrol_clips=enrol_clips)
    with dask_cluster(how.scheduler):
        with progress_bar("folds") as progress:
            result = evaluate(plan, pipeline, alongside=alongside, n_jobs=how.jobs, progress=progress)
        if (permutations or naive or importances or learning_curve or profile) and (out.is_file() or not out.exists()):
            result.write(out)  # what follows may take long, and be stopped
        kept = f"{out} holds the scores so far"
        result = _with_more(result, plan, pipeline, how.jobs, kept, permutations, naive, importances, learning_curve)
    if profile:
        result = with_profile(result, table)
    result.write(out)
    if write_split is not None:
        keep_split(write_split, plan)
    say(f"table     {name}")
    print(result_text(result))
    say("", f"full result -> {out}")
    if write_split is not None:
        say(f"folds       -> {write_split}")
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
    """The result with what takes further fits, where it is asked for."""
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
