"""``prosody-ser compare-engines``."""

from pathlib import Path
from typing import Annotated

import typer

from .beside import beside
from .options import Channel, FeatureSet, Force
from .printing import say

EXAMPLES = (
    "prosody-ser compare-engines emodb/wav",
    "prosody-ser compare-engines rec/ --set full_v1 --feature f0_mean_st",
)


def command(
    paths: Annotated[list[Path], typer.Argument(help="Folders of recordings, recordings or CSVs of labels.")],
    corpus: Annotated[
        str | None, typer.Option(help="Corpus (see 'datasets'); recognised from the names if not given.")
    ] = None,
    features: FeatureSet = None,
    channel: Channel = "auto",
    feature: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Features in the picture, with commas; of each family the one that differs most if not given.",
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Features that are listed, those that differ most.")] = 15,
    out: Annotated[Path, typer.Option("--out", "-o", help="All features as CSV.")] = Path("engines.csv"),
    plot: Annotated[Path | None, typer.Option(help="The picture; OUT with .png if not given.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes; all cores if not given.")] = None,
    force: Force = False,
) -> None:
    """Measure recordings by both engines, and say how far the features differ.

    The fast engine is the package's own kernels, the reference engine Praat and librosa themselves. Of each feature
    the median and the largest difference over the clips, in its unit and in standard deviations of its values; the
    clips that differ most; and a Bland-Altman picture, the difference over the mean of both.
    """
    from ..atomic_write import check_outputs, whole_file
    from ..catalogue import DEFAULT_SET, FAST, REFERENCE
    from ..extraction import extract_table
    from ..plots.agreement import plot_agreement
    from ..plots.style import check_picture_suffix
    from ..report.text.agreement import agreement_text
    from ..tables.agreement import agreement, clips_apart, most_apart
    from .inputs import FOLDER, LABELS, RECORDING, check_inputs
    from .progress import GOES_ON, compile_once, progress_bar

    check_inputs(paths, RECORDING, LABELS, FOLDER)
    chart = plot or beside(out, suffix=".png")
    check_outputs(out, chart, inputs=paths, force=force)
    check_picture_suffix(chart)
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
    found = agreement(fast, reference)
    shown = feature.split(",") if feature else most_apart(found)
    with whole_file(out) as temporary:  # both files or neither
        written = found.assign(notice=fast.notice) if fast.notice else found
        written.to_csv(temporary, lineterminator="\n")
        plot_agreement(fast, reference, shown, chart, ("fast engine", "reference engine"), fast.notice)
    if fast.notice:
        say(f"NOTE: {fast.notice}")
    print(agreement_text(found, clips_apart(fast, reference), top))
    say("", f"table   -> {out}", f"picture -> {chart}")
