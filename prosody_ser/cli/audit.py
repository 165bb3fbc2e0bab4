"""``prosody-ser audit``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Balance, Family, Features, Folds, Model, Seed, SpeakerNorm, SplitFile, Table


def command(
    table: Table = None,
    features: Features = None,
    family: Family = None,
    model: Model = "svm",
    folds: Folds = "auto",
    split_file: SplitFile = None,
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    permutations: Annotated[
        int, typer.Option(min=0, help="Runs of the model on labels permuted within speakers; 0 for none.")
    ] = 10,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Where the findings go as JSON, if anywhere.")] = None,
):
    """Look for leaks: what would make a score on this table wrong, and by what.

    Speakers, duplicates and augmented copies on both sides of a fold; metadata among the features; emotions told by
    duration, level or order alone; features that tell speakers rather than emotions; and the model on permuted labels,
    which must be at chance. Exits with 2 if an error is found. 'cv' runs all but the last. Without TABLE it takes the
    one that 'extract' wrote last in this folder, and says which.
    """
    from ..atomic_write import check_outputs, write_json
    from ..learn.audit import CHECKS, ERROR, audit, permuted_labels
    from ..learn.pipeline import make_pipeline
    from ..report import audit_text
    from .input_table import files_read, folds_or_file, last_table, open_table
    from .progress import progress_bar

    table = table or last_table()
    if out is not None:
        check_outputs(out, inputs=[*files_read(table), *([split_file] if split_file else [])])
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, seed=seed)
    opened, name = open_table(table, features, family)
    wanted = folds_or_file(folds, split_file, opened)
    findings = audit(opened, wanted, seed=seed)
    if permutations:
        with progress_bar("permutations") as progress:
            findings.append(
                permuted_labels(opened, pipeline, wanted, n_permutations=permutations, seed=seed, progress=progress)
            )
    plain = [finding.data for finding in findings]
    if out is not None:
        write_json(out, {"table": name, "audit": plain})
    print(f"table     {name}")
    if opened.notice:
        print(f"NOTE: {opened.notice}")
    print(audit_text(plain, len(CHECKS) + bool(permutations)))
    if any(finding.severity == ERROR for finding in findings):
        raise typer.Exit(2)
