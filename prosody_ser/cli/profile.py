"""``prosody-ser profile``."""

from pathlib import Path
from typing import Annotated

import typer

from .beside import beside
from .evaluating import OneTable
from .options import Force
from .printing import say
from .takes import takes

EXAMPLES = ("prosody-ser profile out.csv", "prosody-ser profile out.csv --family pitch,timing --reference calm")


@takes(OneTable)
def command(
    how: OneTable,
    reference: Annotated[str, typer.Option(help="The emotion that the others are compared with.")] = "neutral",
    test: Annotated[str, typer.Option(help="t, or wilcoxon: over speakers.")] = "t",
    correction: Annotated[
        str, typer.Option(help="bh (Benjamini-Hochberg) or holm: over all features and emotions.")
    ] = "bh",
    top: Annotated[int, typer.Option(min=1, help="Features in the picture, at most.")] = 60,
    out: Annotated[Path, typer.Option(help="The profile as CSV: every emotion and feature.")] = Path("profile.csv"),
    plot: Annotated[Path | None, typer.Option(help="The heatmap; OUT with .png if not given.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="The same as JSON, if wanted.")] = None,
    force: Force = False,
) -> None:
    """Say how each emotion moves each feature against neutral, within the speaker.

    Effect size (Hedges' g within speaker, mean over speakers), 95 % interval, p-value over speakers and corrected
    p-value: a table, a CSV and a heatmap. Nothing is learned or scored. Without TABLE it takes the one that 'extract'
    wrote last in this folder, else the built-in table of EMO-DB, and says which.
    """
    from ..atomic_write import check_outputs, whole_file, write_json
    from ..learn.inspection.profile import profile, profile_block
    from ..plots.profile import plot_profile
    from ..plots.style import check_picture_suffix
    from ..report import profile_text

    how = how.found()
    chart = plot or beside(out, suffix=".png")
    check_outputs(out, chart, json_out, inputs=how.files, force=force)
    check_picture_suffix(chart, "chart")
    table, name = how.open()
    found = profile(table, reference=reference, test=test, correction=correction)
    title = f"{', '.join(table.corpora) or name}: emotions against {reference}, within speaker"
    with whole_file(out) as temporary:  # both files or neither
        written = found.assign(notice=table.notice) if table.notice else found
        written.to_csv(temporary, index=False, lineterminator="\n")
        plot_profile(found, chart, title, table.notice, top)
    if json_out is not None:
        write_json(json_out, profile_block(found, table.notice))
    say(f"table     {name}")
    print(profile_text(found, table.notice))
    say("", f"profile -> {out}", f"heatmap -> {chart}")
