"""``prosody-ser extract``."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import counted
from .options import (
    Augment,
    AugmentSeed,
    Channel,
    Columns,
    Engine,
    FeatureSet,
    Force,
    PitchCeiling,
    PitchFloor,
    Plugin,
    Scheduler,
)
from .printing import print_lines, print_notice

if TYPE_CHECKING:
    from ..extraction.extract import Extraction
    from ..extraction.summary import Tally

EXAMPLES = (
    "prosody-ser extract emodb/wav out.csv",
    "prosody-ser extract ravdess emodb/wav all.parquet --set full_v1",
    "prosody-ser extract meetings/ turns.csv --segment vad",
    "prosody-ser extract emodb/wav copies.csv --augment noise,pitch",
)

DEFAULT_OUT = Path("features.csv")


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATHS... [OUT]",
            help="Recordings, folders of recordings, or CSV files of labels; then the table to write, .csv or "
            ".parquet. [default of OUT: features.csv]",
        ),
    ],
    corpus: Annotated[
        str | None,
        typer.Option(help="Corpus of the recordings; see 'datasets'. [default: recognised from the file names]"),
    ] = None,
    columns: Columns = None,
    features: FeatureSet = None,
    level: Annotated[
        str, typer.Option(help="Rows of the table. clips: one row per clip. frames: the contours, one row per 10 ms.")
    ] = "clips",
    plugin: Plugin = None,
    segment: Annotated[
        str | None,
        typer.Option(
            help="Cut recordings into segments, one row each: a length in seconds, or 'vad' to cut at pauses. "
            "[default: not cut]"
        ),
    ] = None,
    engine: Engine = "fast",
    channel: Channel = "auto",
    pitch_floor: PitchFloor = None,
    pitch_ceiling: PitchCeiling = None,
    augment: Augment = None,
    seed: AugmentSeed = 0,
    jobs: Annotated[int | None, typer.Option(min=1, help="Number of worker processes. [default: one per core]")] = None,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.001, help="Time limit for measuring a recording, in seconds for each minute (or part) of its length."
        ),
    ] = 60.0,
    scheduler: Scheduler = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Do not use the cache: neither read rows of earlier runs nor store new ones."),
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", hidden=True)] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 2 if any clip failed.")] = False,
    force: Force = False,
) -> None:
    """Measure recordings and write a table of their features.

    The table has one row per clip. Without --corpus, each corpus is recognised from its file names. '--corpus folder'
    reads labels from the folders: DIR/<emotion>/<speaker>_*.wav, DIR/<emotion>/<speaker>/*.wav or
    DIR/<speaker>/<emotion>/*.wav. A list of labels (.csv, .tsv, .tab, .txt or .jsonl) has the columns
    file[,start,end],speaker,emotion. Some other names, such as path, speaker_id and gender, are recognised; --columns
    gives any others.

    With --augment, augmented copies of every recording are measured too. 'cv' and all other commands use a copy for
    training together with its original, and never for testing.

    A clip that cannot be measured gets a row with 'status' and 'error', and the command continues with the others. To
    continue a run that was stopped, run the same command again. An existing table is replaced if it is unchanged since
    'extract' wrote it; any other existing file is replaced only with --force.
    """
    from ..atomic_write import check_places, refuse_existing
    from ..errors import ProsodySerError
    from ..extraction import Extraction, extract_to_file
    from ..tables.file import check_table_suffix, companion_of, is_as_written, is_edited
    from .input_table import columns_asked
    from .inputs import FOLDER, LABELS, RECORDING, check_inputs
    from .progress import compile_once, progress_bar

    if out is not None:
        raise ProsodySerError(
            f"'extract' has no option --out: the table to write is the last argument, as in 'prosody-ser extract "
            f"{paths[0]} {out}'"
        )
    if seed and augment is None:
        raise ProsodySerError("--seed can be used with --augment only, as nothing else is random")
    sources, out = _split(paths)
    check_inputs(sources, RECORDING, LABELS, FOLDER)
    check_table_suffix(out)
    _check_replaceable(out)
    written = [out, companion_of(out)]
    check_places(*written, inputs=sources)
    extraction = Extraction(
        sources,
        corpus,
        columns=columns_asked(columns),
        features=features,
        level=level,
        plugin=plugin,
        segment=segment,
        engine=engine,
        channel=channel,
        pitch_floor_hz=pitch_floor,
        pitch_ceiling_hz=pitch_ceiling,
        augment=augment,
        seed=seed,
    )
    if not force and is_edited(out):
        raise ProsodySerError(
            f"{out}: the table was changed after 'extract' wrote it, so it is not replaced; choose another name, or "
            "add --force to replace it"
        )
    refuse_existing(*written, force=force or is_as_written(out))
    for note in extraction.notes:
        print_notice(f"prosody-ser: {' '.join(note.split())}")
    how = {"jobs": jobs, "timeout_s": timeout, "scheduler": scheduler, "cache": not no_cache}
    if scheduler is None:
        compile_once()
    try:
        with progress_bar("measuring", _nothing_kept if no_cache else _kept) as progress:
            extract_to_file(extraction, out, **how, progress=progress)
    finally:
        _failures(extraction.tally)
    _summary(extraction, out)
    if strict and extraction.tally.failed:
        raise typer.Exit(2)


def _kept(done: int, total: int) -> str:
    return f"the measured recordings are kept ({done} of {total}): run the same command again to continue"


def _nothing_kept(*_: int) -> str:
    return "nothing is kept, because of --no-cache"


def _split(paths: list[Path]) -> tuple[list[Path], Path]:
    """Split the paths into sources and table, which is the last of several unless that is a folder or a recording."""
    from ..audio.files.suffixes import HEADERLESS, SUFFIXES

    if len(paths) > 1 and not os.path.isdir(paths[-1]) and paths[-1].suffix.lower() not in SUFFIXES | HEADERLESS:
        return paths[:-1], paths[-1]
    return paths, DEFAULT_OUT


def _check_replaceable(out: Path) -> None:
    """Refuse to overwrite a CSV of labels, which the user named last but meant as a source."""
    from ..datasets.delimited import header_of
    from ..datasets.labels import names_of_files
    from ..errors import ProsodySerError

    if out.suffix.lower() != ".csv" or not os.path.isfile(out):
        return
    columns = header_of(out)
    if columns & names_of_files() and "variant" not in columns:  # feature tables have the column "variant"
        raise ProsodySerError(
            f"{out}: this file exists and looks like a CSV of labels, so 'extract' does not overwrite it; name another "
            "file for the table"
        )


def _failures(tally: "Tally") -> None:
    for counts, what in ((tally.failed, ""), (tally.copies_failed, " copies")):
        for status, count in counts.items():
            file, error = tally.examples[status]
            print_notice(f"{status}: {count}{what}, e.g. {' '.join(f'{file}: {error}'.split())}")


def _what_cv_needs(tally: "Tally") -> Iterator[str]:
    """Say which columns of the table the user must fill in before 'cv' can use it."""
    if not set(tally.speakers) - {""}:
        yield "'cv' needs speakers: fill the column 'speaker' with the name of who speaks in each clip"
    if not set(tally.emotions) - {""}:
        yield "'cv' needs emotions: fill the column 'emotion' with a word for each clip, such as anger"


def _summary(extraction: "Extraction", out: Path) -> None:
    from ..audio.frames import SAMPLE_RATE_HZ
    from ..datasets.files import suffixes_text
    from ..datasets.left_out import causes_text
    from ..tables.feature_table import FRAMES, SYNTHETIC, SYNTHETIC_NOTICE

    tally = extraction.tally
    for name, count in tally.corpora.items():
        print_lines(f"corpus    {name}: {counted(count, 'clip')}")
    print_lines(f"clips     {tally.clips}: {tally.ok} ok, {tally.failed.total()} failed")
    if tally.copies:
        asked = ", ".join(map(str, extraction.augmentations))
        failed = f", {tally.copies_failed.total()} of them failed" if tally.copies_failed else ""
        print_lines(
            f"copies    {tally.copies}{failed} ({asked}); used for training with their originals, never for testing"
        )
    if extraction.left_out:
        print_lines(f"          not used: {causes_text(extraction.left_out)}")
    unused = sum((Counter(source.unused) for source in extraction.contents), Counter())
    if unused:
        print_lines(f"          files ignored: {suffixes_text(dict(unused.most_common()))}")
    for what, counts in (("speakers", tally.speakers), ("emotions", tally.emotions)):
        values = sorted(set(counts) - {""})
        if what == "speakers" and len(tally.corpora) == 1:
            values = [value.partition(":")[2] for value in values]
        listed = f": {', '.join(values)}" if 0 < len(values) <= 12 else ""
        print_lines(
            f"{what:9} {len(values)}{listed}" + (f"; unknown for {counted(counts[''], 'clip')}" if counts[""] else "")
        )
    for line in _what_cv_needs(tally):
        print_lines(f"          {line}")
    if tally.notes:
        print_lines(f"note      {tally.notes}, e.g. {' '.join(': '.join(tally.note).split())}")
    if tally.narrow:
        print_lines(
            f"NOTE: {counted(tally.narrow, 'clip has', 'clips have')} a bandwidth below {SAMPLE_RATE_HZ // 2} Hz "
            "(see the column 'bandwidth_hz'); features of the missing frequency bands are undefined"
        )
    if SYNTHETIC in tally.corpora:
        print_lines(f"NOTE: {SYNTHETIC_NOTICE}")
    speed = f"{tally.clips_per_s:.1f} clips/s, {tally.times_real_time:.0f} x real time"
    cached = f"; {counted(tally.cached, 'clip')} from the cache" if tally.cached else ""
    print_lines(f"audio     {tally.audio_s / 3600:.2f} hours in {tally.seconds:.1f} s: {speed}{cached}")
    if extraction.level == FRAMES:
        print_lines(f"contours  {len(extraction.names)} in {counted(tally.rows, 'frame')} of 10 ms -> {out}")
        return
    rows = f" in {counted(tally.rows, 'row')}" if tally.rows != tally.clips else ""
    print_lines(f"features  {len(extraction.names)} ({extraction.about['feature_set']}){rows} -> {out}")
