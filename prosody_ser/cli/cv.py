"""``prosody-ser cv``."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    table: Annotated[
        Path | None, typer.Argument(metavar="[TABLE]", help="From 'extract'; see below if not given.")
    ] = None,
    model: Annotated[str, typer.Option(help="svm, rf or mlp.")] = "svm",
    folds: Annotated[
        str, typer.Option(help="loso, or a number of folds; auto: loso up to 24 speakers, else 10.")
    ] = "auto",
    balance: Annotated[str, typer.Option(help="none, class-weight or smote; on training clips only.")] = "none",
    speaker_norm: Annotated[str, typer.Option(help="none, or speaker: z-scores of each speaker's own clips.")] = "none",
    seed: Annotated[int, typer.Option(min=0, help="Seed of folds, sampler and model.")] = 0,
    out: Annotated[Path, typer.Option(help="Where the full result goes.")] = Path("result.json"),
):
    """Cross-validate: no speaker is ever in both train and test.

    Prints UAR, accuracy, macro F1, the per-class report, the confusion matrix and per-speaker scores, and writes
    all of it with every held-out prediction to --out. Without TABLE it takes features.csv in this folder, else
    the built-in synthetic corpus, and says which.
    """
    from ..learn.evaluation import evaluate
    from ..learn.pipeline import make_pipeline
    from ..report import result_text
    from .progress import progress_bar
    from .source import open_table

    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, seed=seed)
    opened, name = open_table(table)
    with progress_bar("folds") as progress:
        result = evaluate(opened, pipeline, folds=folds, seed=seed, progress=progress)
    result.write(out)
    print(f"table     {name}")
    print(result_text(result))
    print(f"\nfull result -> {out}")
