"""``prosody-ser extract``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import FeatureSet, Plugin


def command(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of recordings.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Table to write, .csv or .parquet.")] = Path(
        "features.csv"
    ),
    corpus: Annotated[
        str | None, typer.Option(help="Corpus (see 'datasets'); recognised from the names if not given.")
    ] = None,
    features: FeatureSet = None,
    level: Annotated[str, typer.Option(help="clips, or frames: the contours themselves, every 10 ms.")] = "clips",
    plugin: Plugin = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes; all cores if not given.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 if any clip failed.")] = False,
):
    """Measure every recording of a folder: one row a clip.

    Without --corpus the corpus is recognised from its file names; '--corpus folder' takes
    DIR/<emotion>/<speaker>_*.wav or DIR/<emotion>/<speaker>/*.wav.
    A clip that cannot be measured gets a row with 'status' and 'error'; the others go on.
    """
    from ..catalogue import DEFAULT_SET
    from ..errors import ProsodySerError
    from ..extract import extract_table
    from ..table_file import check_table_suffix, write_table
    from ..whole_file import check_outputs
    from .progress import progress_bar

    check_table_suffix(out)
    check_outputs(out)
    with progress_bar("measuring") as progress:
        table = extract_table(
            directory,
            corpus,
            features=features or DEFAULT_SET,
            level=level,
            plugin=plugin,
            jobs=jobs,
            progress=progress,
        )

    clips = table.frame.drop_duplicates("file")
    failed = clips[clips["status"] != "ok"]
    for status, rows in failed.groupby("status"):
        example = " ".join(f"{rows['file'].iloc[0]}: {rows['error'].iloc[0]}".split())
        print(f"{status}: {len(rows)}, e.g. {example}", file=sys.stderr)
    if len(failed) == len(clips):
        raise ProsodySerError(f"{directory}: none of its {len(clips)} recordings could be measured; {out} not written")
    write_table(table, out)
    _summary(table, clips, out)
    if strict and len(failed):
        raise typer.Exit(2)


def _summary(table, clips, out):
    from ..audio import SAMPLE_RATE_HZ
    from ..table import FRAMES

    ok = clips[clips["status"] == "ok"]
    print(f"corpus    {table.about['corpus']}")
    print(f"clips     {len(clips)}: {len(ok)} ok, {len(clips) - len(ok)} failed")
    if table.about["passed_over"]:
        print(f"          {table.about['passed_over']} recordings left out as not of the corpus (song, second copies)")
    for what in ("speaker", "emotion"):
        values = sorted(set(ok[what]) - {""})
        unknown = int((ok[what] == "").sum())
        listed = f": {', '.join(values)}" if len(values) <= 12 else ""
        print(f"{what + 's':9} {len(values)}{listed}" + (f"; {unknown} clips unknown" if unknown else ""))
    if not (ok["speaker"] != "").any():
        print("          without speakers 'cv' cannot score: fill the column, or see 'extract --help'")
    narrow = int((ok["sample_rate_hz"] < SAMPLE_RATE_HZ).sum())
    if narrow:
        print(f"NOTE: {narrow} clips are below {SAMPLE_RATE_HZ} Hz: what looks at the bands they lack is undefined")
    if table.notice:
        print(f"NOTE: {table.notice}")
    if table.level == FRAMES:
        print(f"contours  {len(table.feature_names)} in {len(table)} frames of 10 ms -> {out}")
        return
    print(f"features  {len(table.feature_names)} ({table.about['feature_set']}) -> {out}")
