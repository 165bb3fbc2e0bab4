"""``prosody-ser audit``."""

from pathlib import Path
from typing import Annotated

import typer

from .evaluating import Evaluating
from .options import Force
from .printing import say
from .takes import takes

EXAMPLES = ("prosody-ser audit out.csv", "prosody-ser audit out.csv --model rf --permutations 50 --out audit.json")


@takes(Evaluating, without=("jobs", "scheduler"))
def command(
    how: Evaluating,
    permutations: Annotated[
        int, typer.Option(min=0, help="Runs of the model on labels permuted within speakers; 0 for none.")
    ] = 10,
    out: Annotated[Path | None, typer.Option(help="Where the findings go as JSON, if anywhere.")] = None,
    force: Force = False,
) -> None:
    """Look for leaks: what would make a score on this table wrong, and by what.

    Speakers and duplicates on both sides of a fold; metadata, or the label in disguise, among the features; emotions
    told by duration, silence, level or band alone; features that tell speakers rather than emotions; and the model on
    permuted labels, which must be at chance. Augmented copies follow their originals, so that none can be on the other
    side. Exits with 2 if an error is found. 'cv' runs all but the last. Without TABLE it takes the one that 'extract'
    wrote last in this folder, and says which.
    """
    from ..atomic_write import check_outputs, write_json
    from ..learn.audit import CHECKS, ERROR, audit, permuted_labels
    from ..report import audit_text
    from .input_table import folds_or_file
    from .progress import progress_bar

    how = how.found(built_in=False)
    check_outputs(out, inputs=how.files, force=force)
    pipeline = how.pipeline()
    table, name = how.open()
    folds = folds_or_file(how.folds, how.split_file, table)  # no plan: it would refuse what is to be found here
    findings = audit(table, folds, seed=how.seed)
    if permutations:
        with progress_bar("permutations") as progress:
            findings.append(
                permuted_labels(table, pipeline, folds, n_permutations=permutations, seed=how.seed, progress=progress)
            )
    plain = [finding.data for finding in findings]
    if out is not None:
        write_json(out, {"table": name, "audit": plain})
    say(f"table     {name}")
    if table.notice:
        say(f"NOTE: {table.notice}")
    print(audit_text(plain, len(CHECKS) + bool(permutations)))
    if any(finding.severity == ERROR for finding in findings):
        raise typer.Exit(2)
