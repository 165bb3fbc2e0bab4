"""``prosody-ser train``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .evaluating import Evaluating
from .options import Force
from .printing import say, tell
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
            help="none; speaker: z-scores of each speaker's own clips; enrol: by a few clips that 'predict --enrol' "
            "names."
        ),
    ] = "none",
    enrol_clips: Annotated[
        int, typer.Option(min=1, help="Clips of each training speaker that 'enrol' normalises by, drawn by seed.")
    ] = 5,
    risk: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Of the labels given, the share that may be wrong; below that confidence it abstains."
        ),
    ] = None,
    result: Annotated[
        Path | None,
        typer.Option(
            help="A result of 'cv' or 'tune' of the same table, model and options, in place of evaluating again; of "
            "'tune' with the parameters that it found."
        ),
    ] = None,
    feature_set: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="Set to measure of a folder; prosody_v1 if not given.")
    ] = None,
    note: Annotated[list[str] | None, typer.Option(help="A sentence for the card's notes; several times.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The model, .skops.")] = Path("model.skops"),
    force: Force = False,
) -> None:
    """Train a model on all clips and keep it in one file, with what is known of how good it is.

    Speakers are held out first, as 'cv' does: that gives the score on the model's card, calibrates its probabilities
    and finds the confidence below which it abstains. Then it is fitted on all clips. Opening the file runs nothing that
    is in it. To train a tuned model, run 'tune', then this with its result. In place of TABLE a folder of recordings
    is measured first, as 'extract' does it. Without either it takes the table that 'extract' wrote last in this
    folder, and says which.
    """
    from ..atomic_write import check_outputs
    from ..errors import ProsodySerError, ProtocolError
    from ..model import save_model, train
    from ..model.file import check_model_suffix
    from ..model.file_format.pipeline import refuse_unstorable
    from ..parallel.dask_jobs import dask_cluster
    from ..report.text.card import card_text, never_answers
    from .folder_table import measured
    from .input_table import folds_or_file
    from .inputs import RESULT, check_input
    from .progress import progress_bar

    folder = how.table if how.table is not None and how.table.is_dir() else None
    if folder is None and feature_set is not None:
        raise ProsodySerError("--set is for a folder of recordings; a table has its features")
    how = replace(how if folder else how.found(built_in=False), speaker_norm=speaker_norm)
    if result is not None:
        check_input(result, RESULT)
    check_model_suffix(out)
    check_outputs(out, inputs=[result] if folder else [*how.files, result], force=force)
    if result is not None and (how.folds != "auto" or how.split_file is not None):
        raise ProtocolError("--result brings its own folds: leave --folds and --split-file out")
    pipeline = how.pipeline()
    refuse_unstorable(pipeline)
    if folder is None:
        table, name = how.open()
    else:
        _refuse_for_folder(folder, how)
        table, name = measured(folder, feature_set)
    found = None
    if result is not None:
        found, pipeline = _evaluated(result, how, table, pipeline, enrol_clips)
    rest = {"risk": risk, "enrol_clips": enrol_clips, "notes": note or (), "seed": how.seed, "n_jobs": how.jobs}
    folds = folds_or_file(how.folds, how.split_file, table)
    with dask_cluster(how.scheduler), progress_bar("folds") as progress:
        made = train(table, pipeline, folds=folds, result=found, progress=progress, **rest)
    save_model(made, out)
    if line := never_answers(made.card):
        tell(f"prosody-ser: {line}")
    say(f"table     {name}")
    print(card_text(made.card))
    say("", f"model -> {out}")


def _refuse_for_folder(folder: Path, how: Evaluating) -> None:
    from ..errors import ProsodySerError
    from ..learn.classifiers.registry import MODELS

    if how.model in MODELS and MODELS[how.model].reads:
        raise ProsodySerError(
            f"{folder}: {how.model} reads the frames of each clip, which need a file: run 'prosody-ser extract "
            f"{folder} frames.parquet --level frames', then train on that"
        )
    if how.features or how.family or how.columns:
        raise ProsodySerError("--features, --family and --columns are for a table; run 'extract' first")


def _evaluated(
    path: Path, how: Evaluating, table: "FeatureTable", pipeline: Any, enrol_clips: int
) -> "tuple[Result, Any]":
    """The result of an evaluation, checked to be of this table and pipeline, and the pipeline as it was tuned."""
    from ..errors import ModelError
    from ..model.training import check_result, tuned_as
    from ..results import Result

    found = Result.read(path)
    try:
        if found.data.get("tuning"):
            steps = {name: value for name, value in how.steps.items() if name != "calibrate"}
            pipeline = tuned_as(found, **steps)
        check_result(found, table, pipeline, enrol_clips if how.speaker_norm == "enrol" else None, how.seed)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    return found, pipeline
