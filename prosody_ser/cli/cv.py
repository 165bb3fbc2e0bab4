"""``prosody-ser cv``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Balance, FeatureSet, Folds, Model, Seed, SpeakerNorm, Table


def command(
    table: Table = None,
    features: FeatureSet = None,
    model: Model = "svm",
    folds: Folds = "auto",
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    seed: Seed = 0,
    out: Annotated[Path, typer.Option(help="Where the full result goes.")] = Path("result.json"),
    naive: Annotated[
        bool, typer.Option("--naive", help="Beside the score, what a wrong protocol with leaks would claim.")
    ] = False,
):
    """Cross-validate: no speaker is ever in both train and test.

    Prints UAR, accuracy, macro F1, the per-class report, the confusion matrix, per-speaker scores and what the leak
    audit found ('prosody-ser audit' says more), and writes all of it with every held-out prediction to --out. Without
    TABLE it takes features.csv in this folder, else the built-in synthetic corpus (measured with --set); it says which.
    """
    from ..learn.evaluation import evaluate
    from ..learn.naive import with_naive
    from ..learn.pipeline import make_pipeline
    from ..report import result_text
    from ..whole_file import check_outputs
    from .progress import progress_bar
    from .source import files_read, open_table, table_or_default

    table = table_or_default(table)
    check_outputs(out, inputs=files_read(table))
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, seed=seed)
    opened, name = open_table(table, features)
    with progress_bar("folds") as progress:
        result = evaluate(opened, pipeline, folds=folds, seed=seed, progress=progress)
    if naive:
        with progress_bar("naive folds") as progress:
            result = with_naive(result, opened, pipeline, seed=seed, progress=progress)
    result.write(out)
    print(f"table     {name}")
    print(result_text(result))
    print(f"\nfull result -> {out}")
