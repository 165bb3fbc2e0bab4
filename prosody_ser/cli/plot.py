"""``prosody-ser plot``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AugmentSeed, Channel, Engine, Force, PitchCeiling, PitchFloor
from .printing import say

EXAMPLES = (
    "prosody-ser plot my.wav",
    "prosody-ser plot my.wav --augment pitch:3",
    "prosody-ser plot out.csv --feature f0_mean_st --by emotion",
    "prosody-ser plot result.json --kind confusion --out confusion.png",
    "prosody-ser plot comparison.json",
)

#: What a picture of a result is drawn from, where not every result has it, and what to say where it is not there.
_NEEDS = {
    "reliability": ("calibration", "reliability curve; 'prosody-ser cv --calibrate' makes one"),
    "learning": ("learning", "learning curve; 'prosody-ser cv --learning-curve' makes one"),
    "training": ("training", "training loss; models that learn by epochs have one, such as mlp"),
}


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A recording, a table (.csv, .parquet), or what 'cv', 'tune', 'compare' or 'cross' found (.json). If "
            "not given: with --feature the table that 'extract' wrote last in this folder, with --kind result.json."
        ),
    ] = None,
    feature: Annotated[str | None, typer.Option(help="Of a table: which feature; see 'features'.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Of a table: emotion (if not given), speaker, sex or another column of text.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="Of a result: confusion (if not given), speakers, reliability, learning or training."),
    ] = None,
    engine: Engine = "fast",
    channel: Channel = "auto",
    pitch_floor: PitchFloor = None,
    pitch_ceiling: PitchCeiling = None,
    augment: Annotated[
        str | None, typer.Option(help="Of a recording: before and after one augmentation, such as pitch or pitch:3.")
    ] = None,
    seed: AugmentSeed = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The picture, .png, .svg or .pdf; named after what it shows if not given."),
    ] = None,
    force: Force = False,
) -> None:
    """Draw a recording, how a feature of a table is distributed, or a result.

    A recording: waveform, syllable nuclei, voiced stretches and pauses, spectrogram with formants, pitch and
    intensity over one time axis; with --augment, how an augmentation changes it. A table with --feature: its
    distribution by emotion or another column, and every speaker's median. A result with --kind: its confusion matrix,
    the UAR of every speaker, how far its probabilities are to be believed, the UAR by the number of speakers trained
    on (learning), or the loss by epoch (training). A comparison, as 'compare' writes it: the UAR of every result and
    its difference from the best, with their intervals. A cross-corpus evaluation: UAR by training and test corpus.
    """
    from ..catalogue import FAST
    from ..errors import ProsodySerError
    from .input_table import last_table
    from .inputs import RECORDING, RESULT, TABLE, check_input

    if seed and augment is None:
        raise ProsodySerError("--seed is for --augment")
    if file is None and kind is not None:
        file = Path("result.json")
    if file is None:
        if feature is None:
            raise ProsodySerError("nothing to draw: name a recording, a table with --feature, or a result")
        file = last_table()
    check_input(file, RECORDING, TABLE, RESULT)
    is_result = file.suffix.lower() == ".json"
    if kind is not None and not is_result:
        raise ProsodySerError(f"{file}: --kind is for results, which end in .json")
    is_table = file.suffix.lower() in (".csv", ".parquet")
    if is_table or is_result:
        given = {"--engine": engine != FAST, "--channel": channel != "auto", "--pitch-floor": pitch_floor is not None}
        given |= {"--pitch-ceiling": pitch_ceiling is not None, "--augment": augment is not None}
        _refuse(file, given, "recordings")
    if is_table:
        if feature is None:
            raise ProsodySerError(f"{file}: a table needs --feature; see 'prosody-ser features'")
        _distributions(file, feature, "emotion" if by is None else by, out, force)
        return
    given = {"--feature": feature is not None, "--by": by is not None}
    _refuse(file, given, "tables, which end in .csv or .parquet")
    if is_result:
        _result(file, kind, out, force)
        return
    how = {"engine": engine, "channel": channel, "pitch_floor_hz": pitch_floor, "pitch_ceiling_hz": pitch_ceiling}
    if augment is not None:
        _augmentation(file, augment, how | {"seed": seed}, out, force)
    else:
        _clip(file, how, out, force)


def _refuse(file: Path, given: dict[str, bool], what: str) -> None:
    """Raise for the first option that is given and is for something else than this file."""
    from ..errors import ProsodySerError

    for option, is_given in given.items():
        if is_given:
            raise ProsodySerError(f"{file}: {option} is for {what}")


def _clip(file: Path, how: dict[str, Any], out: Path | None, force: bool) -> None:
    from ..plots.clip import plot_clip
    from .progress import compile_once

    out = _checked(out or Path(f"{file.stem or 'clip'}.png"), [file], force)
    compile_once()
    plot_clip(file, out, **how)
    say(f"picture -> {out}")


def _augmentation(file: Path, augment: str, how: dict[str, Any], out: Path | None, force: bool) -> None:
    from ..plots.augmentation import plot_augmentation
    from .progress import compile_once

    out = _checked(out or Path(f"{file.stem or 'clip'}_{augment.replace(':', '_')}.png"), [file], force)
    compile_once()
    variant = plot_augmentation(file, augment, out, **how)
    say(f"{variant}", f"picture -> {out}")


def _distributions(file: Path, feature: str, by: str, out: Path | None, force: bool) -> None:
    from ..errors import TableError
    from ..plots.distributions import plot_distributions
    from ..tables.file import read_table
    from .input_table import files_read

    out = _checked(out or Path(f"{feature}_by_{by}.png".replace("/", "_")), files_read(file), force)
    table = read_table(file)
    try:
        plot_distributions(table, feature, by, out)
    except TableError as error:
        raise TableError(f"{file}: {error}") from error
    say(f"table     {file}")
    if table.notice:
        say(f"NOTE: {table.notice}")
    say(f"picture -> {out}")


def _result(file: Path, kind: str | None, out: Path | None, force: bool) -> None:
    from ..errors import ProsodySerError, chosen
    from ..plots.comparison import plot_comparison
    from ..plots.cross import plot_cross
    from ..plots.learning import plot_learning_curve, plot_training
    from ..plots.scores import plot_confusion, plot_reliability, plot_speakers
    from ..results import Result, read_any

    kinds = {
        "confusion": plot_confusion,
        "speakers": plot_speakers,
        "reliability": plot_reliability,
        "learning": plot_learning_curve,
        "training": plot_training,
    }
    if kind is not None:
        chosen("kind", kind, kinds)
    found = read_any(file)
    data = found.data
    if isinstance(found, Result):
        kind = kind or "confusion"
        draw, shown = kinds[kind], f"{file.stem}_{kind}"
    elif kind is not None:
        raise ProsodySerError(f"{file}: --kind is for results of 'cv' and 'tune'; this is of '{found.command}'")
    else:
        draw, shown = {"compare": plot_comparison, "cross": plot_cross}[found.command], file.stem
    if kind in _NEEDS:
        block, lacking = _NEEDS[kind]
        if not data.get(block):
            raise ProsodySerError(f"{file}: holds no {lacking}")
    out = _checked(out or Path(f"{shown}.png"), [file], force)
    draw(data, out)
    say(f"result    {file}")
    if data["notice"]:
        say(f"NOTE: {data['notice']}")
    say(f"picture -> {out}")


def _checked(out: Path, inputs: list[Path], force: bool) -> Path:
    from ..atomic_write import check_outputs
    from ..plots.style import check_picture_suffix

    check_picture_suffix(out)
    check_outputs(out, inputs=inputs, force=force)
    return out
