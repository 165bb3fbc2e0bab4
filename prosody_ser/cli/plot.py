"""``prosody-ser plot``."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import AugmentSeed, Channel, Engine, Force, PitchCeiling, PitchFloor
from .printing import print_lines

EXAMPLES = (
    "prosody-ser plot my.wav",
    "prosody-ser plot my.wav --augment pitch:3",
    "prosody-ser plot out.csv --feature f0_mean_st --by emotion",
    "prosody-ser plot result.json --kind confusion --out confusion.png",
    "prosody-ser plot comparison.json",
)

#: Kinds of pictures for which a result needs a part that not every result has, and its name.
_NEEDS = {"reliability": "calibration", "learning": "learning", "training": "training"}


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="What to draw: a recording, a feature table (.csv or .parquet), or a result of 'cv', 'tune', "
            "'compare' or 'cross' (.json). [default: with --feature, the table that 'extract' wrote last in this "
            "folder; with --kind, result.json]"
        ),
    ] = None,
    feature: Annotated[
        str | None, typer.Option(help="Feature to draw, for a table; 'prosody-ser features' lists the names.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Column to group the clips by, for a table: emotion, speaker, sex or another column of text. "
            "[default: emotion]"
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="Kind of picture, for a result: confusion, speakers, reliability, learning or training. "
            "[default: confusion]"
        ),
    ] = None,
    engine: Engine = "fast",
    channel: Channel = "auto",
    pitch_floor: PitchFloor = None,
    pitch_ceiling: PitchCeiling = None,
    augment: Annotated[
        str | None,
        typer.Option(
            help="Augmentation, such as pitch or pitch:3, for a recording: it is drawn before and after. See 'augment "
            "--list'."
        ),
    ] = None,
    seed: AugmentSeed = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Picture to write, .png, .svg or .pdf. [default: a .png named after what it shows]"
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Draw a recording, a feature of a table, or a result.

    For a recording, the picture shows the waveform with syllable nuclei, voiced segments and pauses, the spectrogram
    with formants, the pitch and the intensity, on one time axis; with --augment, it shows how an augmentation changes
    the recording.

    For a table, it shows how the values of --feature are distributed by emotion or by another column, and the median of
    every speaker.

    For a result of 'cv' or 'tune', --kind chooses the confusion matrix (confusion), the UAR of every speaker
    (speakers), the calibration of the probabilities (reliability), the UAR for each number of training speakers
    (learning), or the loss in each training epoch (training). For a comparison, the picture shows the UAR of every
    result and its difference from the best, with intervals; for a cross-corpus result, the UAR by training and test
    corpus.
    """
    from ..catalogue import FAST, all_features
    from ..errors import ProsodySerError
    from .input_table import last_table
    from .inputs import RECORDING, RESULT, TABLE, check_input

    if seed and augment is None:
        raise ProsodySerError("--seed can be used with --augment only, as nothing else is random")
    if file is None and kind is not None:
        file = Path("result.json")
    if file is None:
        if feature is None:
            raise ProsodySerError("nothing to draw: name a recording, a table (with --feature) or a result")
        file = last_table()
    if not file.exists() and str(file) in all_features():
        raise ProsodySerError(f"{file}: no such file; to draw this feature of a table, use '--feature {file}'")
    check_input(file, RECORDING, TABLE, RESULT)
    is_result = file.suffix.lower() == ".json"
    if kind is not None and not is_result:
        raise ProsodySerError(f"{file}: --kind can be used with results only, whose names end in .json")
    is_table = file.suffix.lower() in (".csv", ".parquet")
    if is_table or is_result:
        given = {"--engine": engine != FAST, "--channel": channel != "auto", "--pitch-floor": pitch_floor is not None}
        given |= {"--pitch-ceiling": pitch_ceiling is not None, "--augment": augment is not None}
        _refuse(file, given, "recordings")
    if is_table:
        if feature is None:
            raise ProsodySerError(
                f"{file}: for a table, name a feature with --feature; 'prosody-ser features' lists the names"
            )
        _distributions(file, feature, "emotion" if by is None else by, out, force)
        return
    given = {"--feature": feature is not None, "--by": by is not None}
    _refuse(file, given, "tables", ", whose names end in .csv or .parquet")
    if is_result:
        _result(file, kind, out, force)
        return
    how = {"engine": engine, "channel": channel, "pitch_floor_hz": pitch_floor, "pitch_ceiling_hz": pitch_ceiling}
    if augment is not None:
        _augmentation(file, augment, how | {"seed": seed}, out, force)
    else:
        _clip(file, how, out, force)


def _refuse(file: Path, given: dict[str, bool], what: str, more: str = "") -> None:
    """Raise for the first option that is given but cannot be used with this kind of file."""
    from ..errors import ProsodySerError

    for option, is_given in given.items():
        if is_given:
            raise ProsodySerError(f"{file}: {option} can be used with {what} only{more}")


def _clip(file: Path, how: dict[str, Any], out: Path | None, force: bool) -> None:
    from ..atomic_write import refuse_existing
    from ..plots.clip import plot_clip
    from .progress import compile_once

    out = _placed(out or Path(f"{file.stem or 'clip'}.png"), [file])
    _check_measuring(how)
    refuse_existing(out, force=force)
    compile_once()
    plot_clip(file, out, **how)
    print_lines(f"picture -> {out}")


def _augmentation(file: Path, augment: str, how: dict[str, Any], out: Path | None, force: bool) -> None:
    from ..atomic_write import refuse_existing
    from ..augment import parse_augmentations
    from ..plots.augmentation import plot_augmentation
    from .progress import compile_once

    out = _placed(out or Path(f"{file.stem or 'clip'}_{augment.replace(':', '_')}.png"), [file])
    parse_augmentations(augment)
    _check_measuring(how)
    refuse_existing(out, force=force)
    compile_once()
    variant = plot_augmentation(file, augment, out, **how)
    print_lines(f"{variant}", f"picture -> {out}")


def _distributions(file: Path, feature: str, by: str, out: Path | None, force: bool) -> None:
    from ..atomic_write import refuse_existing
    from ..errors import TableError
    from ..plots.distributions import distributions_figure
    from ..plots.style import write_figure
    from ..tables.file import read_table
    from .input_table import files_read

    out = _placed(out or Path(f"{feature}_by_{by}.png".replace("/", "_")), files_read(file))
    table = read_table(file)
    try:
        figure = distributions_figure(table, feature, by)
    except TableError as error:
        raise TableError(f"{file}: {error}") from error
    refuse_existing(out, force=force)
    write_figure(figure, out)
    print_lines(f"table     {file}")
    if table.notice:
        print_lines(f"NOTE: {table.notice}")
    print_lines(f"picture -> {out}")


def _result(file: Path, kind: str | None, out: Path | None, force: bool) -> None:
    from ..atomic_write import refuse_existing
    from ..errors import ProsodySerError, chosen
    from ..plots.comparison import plot_comparison
    from ..plots.cross import plot_cross
    from ..plots.learning import plot_learning_curve, plot_training
    from ..plots.scores import plot_confusion, plot_reliability, plot_speakers
    from ..results import Result, read_any
    from ..results.optional_parts import optional_part

    kinds: dict[str, Callable[..., None]] = {
        "confusion": plot_confusion,
        "speakers": plot_speakers,
        "reliability": plot_reliability,
        "learning": plot_learning_curve,
        "training": plot_training,
    }
    if kind is not None:
        chosen("kind", kind, kinds)
    result = read_any(file)
    data = result.data
    if isinstance(result, Result):
        kind = kind or "confusion"
        draw, name = kinds[kind], f"{file.stem}_{kind}"
    elif kind is not None:
        raise ProsodySerError(
            f"{file}: --kind can be used with results of 'cv' and 'tune' only; this is a result of '{result.command}'"
        )
    else:
        draw, name = {"compare": plot_comparison, "cross": plot_cross}[result.command], file.stem
    if kind in _NEEDS:
        try:
            optional_part(data, _NEEDS[kind])
        except ProsodySerError as error:
            raise ProsodySerError(f"{file}: {error}") from error
    out = _placed(out or Path(f"{name}.png"), [file])
    refuse_existing(out, force=force)
    draw(data, out)
    print_lines(f"result    {file}")
    if data["notice"]:
        print_lines(f"NOTE: {data['notice']}")
    print_lines(f"picture -> {out}")


def _placed(out: Path, inputs: list[Path]) -> Path:
    """Give the path of the picture, after checking that a picture can be written there."""
    from ..atomic_write import check_places
    from ..plots.style import check_picture_suffix

    check_picture_suffix(out)
    check_places(out, inputs=inputs)
    return out


def _check_measuring(how: dict[str, Any]) -> None:
    """Refuse invalid options of the measurement, which is long."""
    from ..audio.channels import parse_channel
    from ..catalogue import checked_engine
    from ..contours import PitchRange

    checked_engine(how["engine"])
    parse_channel(how["channel"])
    PitchRange(how["pitch_floor_hz"], how["pitch_ceiling_hz"])
