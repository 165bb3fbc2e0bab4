"""``prosody-ser importances``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Balance, FeatureSet, Folds, Jobs, Model, Seed, SpeakerNorm, SplitFile, Table


def command(
    table: Table = None,
    features: FeatureSet = None,
    model: Model = "rf",
    folds: Folds = "auto",
    split_file: SplitFile = None,
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    repeats: Annotated[int, typer.Option(min=1, help="Shuffles per feature.")] = 10,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Annotated[Path, typer.Option(help="The ranking as CSV.")] = Path("importances.csv"),
    plot: Annotated[Path | None, typer.Option(help="The bar chart; OUT with .png if not given.")] = None,
):
    """Rank features by how much UAR unheard speakers lose when one is shuffled.

    Held-out permutation importance over speaker-disjoint folds: a table, a CSV and a bar chart. Without TABLE
    it takes features.csv in this folder, else the built-in synthetic corpus (measured with --set), and says which.
    """
    from ..learn.importances import importances
    from ..learn.pipeline import make_pipeline
    from ..learn.registry import SPEAKER_NORMS
    from ..plots.importances import plot_importances
    from ..plots.style import check_picture_suffix
    from ..report import importances_text
    from ..whole_file import check_outputs, whole_file
    from .progress import progress_bar
    from .source import files_read, folds_or_file, open_table, table_or_default

    table = table_or_default(table)
    chart = plot or out.parent / f"{out.stem}.png"
    check_outputs(out, chart, inputs=[*files_read(table), *([split_file] if split_file else [])])
    check_picture_suffix(chart, "chart")
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, seed=seed)
    opened, name = open_table(table, features)
    wanted = folds_or_file(folds, split_file, opened)
    with progress_bar("folds") as progress:
        found = importances(
            opened, pipeline, folds=wanted, n_repeats=repeats, seed=seed, n_jobs=jobs, progress=progress
        )
    if opened.notice:
        found = found.assign(notice=opened.notice)
    corpora = ", ".join(sorted(set(opened.frame["corpus"]) - {""})) or name
    track = SPEAKER_NORMS[speaker_norm]
    with whole_file(out) as temporary:  # both files or neither
        found.to_csv(temporary, index=False, lineterminator="\n")
        plot_importances(found, chart, f"{corpora}: permutation importance, {model}, {track}", opened.notice)
    print(f"table     {name}")
    print(importances_text(found, opened.notice))
    print(f"\nranking -> {out}\nchart   -> {chart}")
