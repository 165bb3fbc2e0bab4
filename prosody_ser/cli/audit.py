"""``prosody-ser audit``."""

from pathlib import Path
from typing import Annotated

import typer

from .evaluating import Evaluating
from .options import Force
from .printing import print_lines
from .takes import takes

EXAMPLES = ("prosody-ser audit out.csv", "prosody-ser audit out.csv --model rf --permutations 50 --out audit.json")


@takes(Evaluating, without=("jobs", "scheduler"))
def command(
    how: Evaluating,
    permutations: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of times that the model is evaluated on labels permuted within speakers; 0 leaves this check "
            "out.",
        ),
    ] = 10,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="JSON file for the findings. [default: print them only]")
    ] = None,
    force: Force = False,
) -> None:
    """Check a table for leaks that make scores wrong.

    The checks look for speakers and duplicate clips on both sides of a fold, also by the names of the files; metadata
    or the label itself among the features; emotions that duration, silence, level or bandwidth alone predict; features
    that identify speakers rather than emotions; and a model that scores above chance on permuted labels. Augmented
    copies always stay in the fold of their originals. If an error is found, the exit status is 2. 'cv' runs all checks
    but that of permuted labels.

    Without TABLE, the command uses the table that 'extract' wrote last in this folder and prints its name.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing, write_json
    from ..learn.audit import CHECKS, ERROR, audit, permuted_labels
    from ..learn.audit.material import Material
    from ..report import audit_text
    from .input_table import folds_or_file
    from .progress import progress_bar

    how = how.resolved(built_in=False)
    check_suffix(out, "a file for findings", ".json")
    check_places(out, inputs=how.files)
    pipeline = how.pipeline()
    table, name = how.open()
    folds = folds_or_file(how.folds, how.split_file, table)  # not a plan, which refuses some of these faults
    Material(table, folds, how.seed)  # raises if the folds do not fit the table
    refuse_existing(out, force=force)
    findings = audit(table, folds, seed=how.seed)
    if permutations:
        with progress_bar("permutations") as progress:
            findings.append(
                permuted_labels(table, pipeline, folds, n_permutations=permutations, seed=how.seed, progress=progress)
            )
    plain = [finding.data for finding in findings]
    if out is not None:
        write_json(out, {"table": name, "audit": plain})
    print_lines(f"table     {name}")
    if table.notice:
        print_lines(f"NOTE: {table.notice}")
    print(audit_text(plain, len(CHECKS) + bool(permutations)))
    if any(finding.severity == ERROR for finding in findings):
        raise typer.Exit(2)
