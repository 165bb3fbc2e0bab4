"""``prosody-ser cv``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Balance, Calibrate, FeatureSet, Folds, Jobs, Model, Seed, Select, SpeakerNorms, SplitFile, Table


def command(
    table: Table = None,
    features: FeatureSet = None,
    model: Model = "svm",
    folds: Folds = "auto",
    split_file: SplitFile = None,
    write_split: Annotated[Path | None, typer.Option(help="Write the fold of every clip: .json or .csv.")] = None,
    balance: Balance = "none",
    speaker_norm: SpeakerNorms = "none",
    enrol_clips: Annotated[
        int, typer.Option(min=1, help="Clips of each speaker that 'enrol' normalises by, drawn by seed, in no score.")
    ] = 5,
    select: Select = "none",
    calibrate: Calibrate = False,
    permutations: Annotated[
        int,
        typer.Option(min=0, help="For a p-value: runs on labels permuted within speaker; 0 for none."),
    ] = 0,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Annotated[Path, typer.Option(help="Where the full result goes.")] = Path("result.json"),
    naive: Annotated[
        bool, typer.Option("--naive", help="Beside the score, what a wrong protocol with leaks would claim.")
    ] = False,
    importances: Annotated[
        bool, typer.Option("--importances", help="Also held-out importances, with the same folds; see 'importances'.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Also how each emotion moves each feature; see 'profile'.")
    ] = False,
):
    """Cross-validate: no speaker is ever in both train and test.

    Prints UAR, accuracy and F1 with intervals over speakers, scores by emotion, speaker and group of speakers, the
    confusion matrix, how far probabilities can be believed, and what the leak audit found ('prosody-ser audit' says
    more), and writes all of it with every held-out prediction to --out. Without TABLE it takes features.csv in this
    folder, else the built-in synthetic corpus (measured with --set); it says which.
    """
    from ..atomic_write import check_outputs
    from ..learn.evaluation.evaluate import evaluate
    from ..learn.evaluation.naive import with_naive
    from ..learn.evaluation.p_value import with_permutation_test
    from ..learn.evaluation.tracks import wanted_norms
    from ..learn.inspection.importances import with_importances
    from ..learn.inspection.profile import with_profile
    from ..learn.pipeline import make_pipeline
    from ..learn.splits.evaluation_plan import EvaluationPlan
    from ..learn.splits.split_file import check_split_suffix
    from ..learn.splits.split_file import write_split as keep_split
    from ..report import result_text
    from .input_table import files_read, folds_or_file, open_table, table_or_default
    from .progress import progress_bar

    table = table_or_default(table)
    outputs = [out] if write_split is None else [out, write_split]
    check_outputs(*outputs, inputs=[*files_read(table), *([split_file] if split_file else [])])
    if write_split is not None:
        check_split_suffix(write_split)
    pipeline, *alongside = (
        make_pipeline(model, balance=balance, speaker_norm=norm, select=select, calibrate=calibrate, seed=seed)
        for norm in wanted_norms(speaker_norm)
    )
    opened, name = open_table(table, features)
    plan = EvaluationPlan.of(opened, folds_or_file(folds, split_file, opened), seed=seed, enrol_clips=enrol_clips)
    with progress_bar("folds") as progress:
        result = evaluate(plan, pipeline, alongside=alongside, n_jobs=jobs, progress=progress)
    if (permutations or naive or importances or profile) and (out.is_file() or not out.exists()):
        result.write(out)  # what follows may take long, and be stopped
    if permutations:
        with progress_bar("permutations") as progress:
            result = with_permutation_test(
                result, plan, pipeline, n_permutations=permutations, n_jobs=jobs, progress=progress
            )
    if naive:
        with progress_bar("naive folds") as progress:
            result = with_naive(result, plan, pipeline, progress=progress)
    if importances:
        with progress_bar("importances") as progress:
            result = with_importances(result, plan, pipeline, n_jobs=jobs, progress=progress)
    if profile:
        result = with_profile(result, opened)
    result.write(out)
    if write_split is not None:
        keep_split(write_split, plan)
    print(f"table     {name}")
    print(result_text(result))
    print(f"\nfull result -> {out}")
    if write_split is not None:
        print(f"folds       -> {write_split}")
