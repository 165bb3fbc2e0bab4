"""``prosody-ser compare-engines``."""

from pathlib import Path
from typing import Annotated

import typer

from .beside import beside
from .options import Channel, FeatureSet, Force
from .printing import print_lines

EXAMPLES = (
    "prosody-ser compare-engines emodb/wav",
    "prosody-ser compare-engines rec/ --set full_v1 --feature f0_mean_st",
)


def command(
    paths: Annotated[list[Path], typer.Argument(help="Recordings, folders of recordings, or CSV files of labels.")],
    corpus: Annotated[
        str | None,
        typer.Option(help="Corpus of the recordings; see 'datasets'. [default: recognised from the file names]"),
    ] = None,
    features: FeatureSet = None,
    channel: Channel = "auto",
    feature: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Features to draw, comma-separated. [default: of each family, the feature that differs most]",
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Number of features to list; those that differ most.")] = 15,
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV file for the differences of all features.")] = Path(
        "engines.csv"
    ),
    plot: Annotated[
        Path | None, typer.Option(help="Picture to write, .png, .svg or .pdf. [default: OUT with .png]")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Number of worker processes. [default: one per core]")] = None,
    force: Force = False,
) -> None:
    """Compare the features that both engines measure.

    The fast engine is the compiled code of this package; the reference engine calls Praat and librosa. For each
    feature, the command gives the median and the largest difference over the clips, in the feature's unit and in
    standard deviations of its values. It also lists the clips that differ most and draws a Bland-Altman plot: the
    difference of the two values against their mean.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing, whole_file
    from ..catalogue import DEFAULT_SET, FAST, REFERENCE
    from ..errors import chosen
    from ..extraction import Extraction, extract_table
    from ..plots.agreement import plot_agreement
    from ..plots.style import check_picture_suffix
    from ..report.text.agreement import agreement_text
    from ..tables.agreement import agreement, clip_differences, most_different
    from .input_table import words
    from .inputs import FOLDER, LABELS, RECORDING, check_inputs
    from .progress import GOES_ON, compile_once, progress_bar

    check_inputs(paths, RECORDING, LABELS, FOLDER)
    chart = plot or beside(out, suffix=".png")
    check_suffix(out, "a table of differences", ".csv")
    check_places(out, chart, inputs=paths)
    check_picture_suffix(chart)
    names = Extraction(paths, corpus, features=features or DEFAULT_SET, channel=channel).names  # checks all of these
    wanted = words(feature, "--feature")
    for name in wanted or ():
        chosen("feature", name, names)
    refuse_existing(out, chart, force=force)
    compile_once()
    tables = []
    for engine in (FAST, REFERENCE):
        with progress_bar(f"measuring, {engine}", GOES_ON) as progress:
            tables.append(
                extract_table(
                    paths,
                    corpus,
                    features=features or DEFAULT_SET,
                    engine=engine,
                    channel=channel,
                    jobs=jobs,
                    progress=progress,
                )
            )
    fast, reference = tables
    differences = agreement(fast, reference)
    shown = wanted or most_different(differences)
    with whole_file(out) as temporary:  # both files or neither
        written = differences.assign(notice=fast.notice) if fast.notice else differences
        written.to_csv(temporary, lineterminator="\n")
        plot_agreement(fast, reference, shown, chart, ("fast engine", "reference engine"), fast.notice)
    if fast.notice:
        print_lines(f"NOTE: {fast.notice}")
    print(agreement_text(differences, clip_differences(fast, reference), top))
    print_lines("", f"table   -> {out}", f"picture -> {chart}")
