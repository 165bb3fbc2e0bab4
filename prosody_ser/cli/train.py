"""``prosody-ser train``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import Balance, Family, Features, Folds, Jobs, Model, Seed, Select, SplitFile, Table


def command(
    table: Table = None,
    features: Features = None,
    family: Family = None,
    model: Model = "svm",
    balance: Balance = "none",
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
    select: Select = "none",
    risk: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Of the labels given, the share that may be wrong; below that confidence it abstains."
        ),
    ] = None,
    folds: Folds = "auto",
    split_file: SplitFile = None,
    result: Annotated[
        Path | None,
        typer.Option(
            help="A result of 'cv' or 'tune' of the same table, model and options, in place of evaluating again; of "
            "'tune' with the parameters that it found."
        ),
    ] = None,
    note: Annotated[list[str] | None, typer.Option(help="A sentence for the card's notes; several times.")] = None,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Annotated[Path, typer.Option("--out", "-o", help="The model, .skops.")] = Path("model.skops"),
):
    """Train a model on all clips and keep it in one file, with what is known of how good it is.

    Speakers are held out first, as 'cv' does: that gives the score on the model's card, calibrates its probabilities
    and finds the confidence below which it abstains. Then it is fitted on all clips. Opening the file runs nothing that
    is in it. To train a tuned model, run 'tune', then this with its result. Without TABLE it takes the one that
    'extract' wrote last in this folder, and says which.
    """
    from ..atomic_write import check_outputs
    from ..model.file import check_model_suffix
    from .input_table import files_read, folds_or_file, last_table, open_table

    table = table or last_table()
    check_model_suffix(out)
    check_outputs(out, inputs=[*files_read(table), *(path for path in (split_file, result) if path)])
    from ..errors import ModelError, ProtocolError
    from ..learn.pipeline import make_pipeline
    from ..model import save_model, train
    from ..model.file_format.pipeline import refuse_unstorable
    from ..model.training import check_result, tuned_as
    from ..report.text.card import card_text
    from ..results import Result
    from .progress import progress_bar

    if result is not None and (folds != "auto" or split_file is not None):
        raise ProtocolError("--result brings its own folds: leave --folds and --split-file out")
    options: dict[str, Any] = {"balance": balance, "speaker_norm": speaker_norm, "select": select, "seed": seed}
    pipeline = make_pipeline(model, **options)
    refuse_unstorable(pipeline)
    found = None if result is None else Result.read(result)
    if found is not None and found.data.get("tuning"):
        try:
            pipeline = tuned_as(found, model, **options)
        except ModelError as error:
            raise ModelError(f"{result}: {error}") from error
    opened, name = open_table(table, features, family)
    if found is not None:
        try:
            check_result(found, opened, pipeline, enrol_clips if speaker_norm == "enrol" else None, seed)
        except ModelError as error:
            raise ModelError(f"{result}: {error}") from error
    wanted = folds_or_file(folds, split_file, opened)
    with progress_bar("folds") as progress:
        made = train(
            opened,
            pipeline,
            risk=risk,
            folds=wanted,
            result=found,
            enrol_clips=enrol_clips,
            notes=note or (),
            seed=seed,
            n_jobs=jobs,
            progress=progress,
        )
    save_model(made, out)
    print(f"table     {name}")
    print(card_text(made.card))
    print(f"\nmodel -> {out}")
