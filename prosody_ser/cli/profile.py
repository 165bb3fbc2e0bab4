"""``prosody-ser profile``."""

from pathlib import Path
from typing import Annotated

import typer

from .beside import beside
from .evaluating import OneTable
from .options import Force
from .printing import print_lines
from .takes import takes

EXAMPLES = ("prosody-ser profile out.csv", "prosody-ser profile out.csv --family pitch,timing --reference calm")


@takes(OneTable)
def command(
    how: OneTable,
    reference: Annotated[str, typer.Option(help="Emotion with which the others are compared.")] = "neutral",
    test: Annotated[str, typer.Option(help="Test over speakers: t (t-test) or wilcoxon (signed-rank test).")] = "t",
    correction: Annotated[
        str,
        typer.Option(
            help="Correction of the p-values for multiple testing, over all features and emotions: bh "
            "(Benjamini-Hochberg) or holm."
        ),
    ] = "bh",
    top: Annotated[int, typer.Option(min=1, help="Largest number of features in the heatmap.")] = 60,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="CSV file for the profile, with every emotion and feature.")
    ] = Path("profile.csv"),
    plot: Annotated[
        Path | None, typer.Option(help="Heatmap to write, .png, .svg or .pdf. [default: OUT with .png]")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="JSON file for the profile. [default: none]")] = None,
    force: Force = False,
) -> None:
    """Show how each emotion changes each feature.

    Each emotion is compared with neutral speech of the same speaker. For each emotion and feature, the command gives
    the effect size (Hedges' g within each speaker, averaged over speakers), its 95 % interval, and the p-value over
    speakers before and after correction, as a table, a CSV and a heatmap. No model is trained.

    Without TABLE, the command uses the table that 'extract' wrote last in this folder, or else the
    built-in EMO-DB table, and prints which one.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing, whole_file, write_json
    from ..corpus_names import corpora_in_words
    from ..learn.inspection.profile import profile, profile_block
    from ..plots.profile import plot_profile
    from ..plots.style import check_picture_suffix
    from ..report import profile_text

    how = how.resolved()
    chart = plot or beside(out, suffix=".png")
    check_suffix(out, "a profile", ".csv")
    check_suffix(json_out, "a file for the profile", ".json")
    check_places(out, chart, json_out, inputs=how.files)
    check_picture_suffix(chart, "a chart")
    table, name = how.open()
    effects = profile(table, reference=reference, test=test, correction=correction)  # quick: no model is trained
    refuse_existing(out, chart, json_out, force=force)
    title = f"{corpora_in_words(table.corpora, name)}: emotions against {reference}, within speaker"
    with whole_file(out) as temporary:  # both files or neither
        written = effects.assign(notice=table.notice) if table.notice else effects
        written.to_csv(temporary, index=False, lineterminator="\n")
        plot_profile(effects, chart, title, table.notice, top)
    if json_out is not None:
        write_json(json_out, profile_block(effects, table.notice))
    print_lines(f"table     {name}")
    print(profile_text(effects, table.notice))
    print_lines("", f"profile -> {out}", f"heatmap -> {chart}")
