"""``prosody-ser train``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .evaluating import Evaluating
from .options import Force
from .printing import print_lines, print_notice
from .takes import takes

if TYPE_CHECKING:
    from ..results import Result
    from ..tables.feature_table import FeatureTable

EXAMPLES = (
    "prosody-ser train recordings/ -o mine.skops",
    "prosody-ser train out.csv --model svm --out mine.skops",
    "prosody-ser train out.csv --model lda --risk 0.1 --note 'From our lab.'",
)


@takes(Evaluating, without=("speaker_norm", "calibrate"))
def command(
    how: Evaluating,
    speaker_norm: Annotated[
        str,
        typer.Option(
            help="Speaker normalisation. none: no normalisation. speaker: z-scores over all clips of each speaker. "
            "enrol: from a few enrolment clips of each speaker, which 'predict --enrol' needs for a new speaker."
        ),
    ] = "none",
    enrol_clips: Annotated[
        int,
        typer.Option(
            min=1,
            help="Number of enrolment clips of each training speaker with '--speaker-norm enrol', drawn at random by "
            "--seed.",
        ),
    ] = 5,
    risk: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of wrong labels to accept among the labels that the model gives, from 0 to 1. The model "
            "abstains where its confidence is too low for that. [default: it does not abstain for low confidence]",
        ),
    ] = None,
    result: Annotated[
        Path | None,
        typer.Option(
            help="Result of 'cv' or 'tune' on the same table with the same model and options, to be used in place of a "
            "new evaluation. With a result of 'tune', the model gets the parameters that were found."
        ),
    ] = None,
    feature_set: Annotated[
        str | None,
        typer.Option(
            "--set",
            metavar="NAME",
            help="Feature set to measure, if TABLE is a folder of recordings. [default: prosody_v1]",
        ),
    ] = None,
    note: Annotated[
        list[str] | None,
        typer.Option(help="Sentence to add to the notes on the model's card; may be given several times."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Model file to write, .skops.")] = Path("model.skops"),
    force: Force = False,
) -> None:
    """Train a model and write it to a file.

    The model is first cross-validated as in 'cv'. This gives the speaker-independent scores on the model's card,
    calibrates its probabilities and sets the confidence below which it abstains. Then the model is fitted on all clips.
    To train a tuned model, run 'tune' first and give its result with --result. Opening a model file runs no code from
    the file.

    TABLE may also be a folder of recordings, which the command first measures as 'extract' does. Without TABLE, it uses
    the table that 'extract' wrote last in this folder and prints its name.
    """
    from ..atomic_write import check_places, refuse_existing
    from ..errors import ProsodySerError, ProtocolError
    from ..model import save_model, train
    from ..model.file import check_model_suffix
    from ..model.file_format.pipeline import refuse_unstorable
    from ..parallel.dask_jobs import dask_cluster
    from ..report.text.model.card import card_text, never_answers
    from .folder_table import measured
    from .input_table import folds_or_file
    from .inputs import FOLDER, RESULT, TABLE, check_input
    from .progress import progress_bar

    folder = how.table if how.table is not None and how.table.is_dir() else None
    if folder is None and feature_set is not None:
        raise ProsodySerError("--set can be used with a folder of recordings only; a table already has its features")
    how = replace(how if folder else how.resolved(built_in=False, accepted=(TABLE, FOLDER)), speaker_norm=speaker_norm)
    if result is not None:
        check_input(result, RESULT)
    check_model_suffix(out)
    check_places(out, inputs=[result] if folder else [*how.files, result])
    if result is not None and (how.folds != "auto" or how.split_file is not None):
        raise ProtocolError("--result already determines the folds: leave out --folds and --split-file")
    pipeline = how.pipeline()
    refuse_unstorable(pipeline)
    if folder is None:
        table, name = how.open()
    else:
        _refuse_for_folder(folder, how, feature_set)
        refuse_existing(out, force=force)  # already here, because measuring may take long
        table, name = measured(folder, feature_set)
    evaluation = None
    if result is not None:
        evaluation, pipeline = _evaluated(result, how, table, pipeline, enrol_clips)
    settings = {"risk": risk, "enrol_clips": enrol_clips, "notes": note or (), "seed": how.seed, "n_jobs": how.jobs}
    folds = folds_or_file(how.folds, how.split_file, table)
    refuse_existing(out, force=force)
    with dask_cluster(how.scheduler), progress_bar("folds") as progress:
        model = train(table, pipeline, folds=folds, result=evaluation, progress=progress, **settings)
    save_model(model, out)
    if line := never_answers(model.card):
        print_notice(f"prosody-ser: {line}")
    print_lines(f"table     {name}")
    print(card_text(model.card))
    print_lines("", f"model -> {out}")


def _refuse_for_folder(folder: Path, how: Evaluating, name: str | None) -> None:
    from ..catalogue import FEATURE_SETS
    from ..errors import ProsodySerError, chosen
    from ..learn.classifiers.registry import MODELS

    if name is not None:
        chosen("feature set", name, FEATURE_SETS)
    if how.model in MODELS and MODELS[how.model].reads:
        raise ProsodySerError(
            f"{folder}: {how.model} needs a table of frames, not a folder: run 'prosody-ser extract {folder} "
            "frames.parquet --level frames', then train on frames.parquet"
        )
    if how.features or how.family or how.columns:
        raise ProsodySerError(
            "--features, --family and --columns can be used with a table only, not with a folder: run 'extract' first"
        )


def _evaluated(
    path: Path, how: Evaluating, table: "FeatureTable", pipeline: Any, enrol_clips: int
) -> "tuple[Result, Any]":
    """Read a result and check that it is of this table and pipeline; give it and the pipeline, tuned as it was."""
    from ..errors import ModelError
    from ..model.training import check_result, tuned_as
    from ..results import Result

    result = Result.read_whole(path)
    try:
        if result.data.get("tuning"):
            steps = {name: value for name, value in how.steps.items() if name != "calibrate"}
            pipeline = tuned_as(result, **steps)
        check_result(result, table, pipeline, enrol_clips if how.speaker_norm == "enrol" else None, how.seed)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    return result, pipeline
