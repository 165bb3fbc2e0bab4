"""``prosody-ser model``: the card of a trained model, and its export to ONNX."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import counted
from .examples import examples
from .group_help import help_without_command
from .options import Force, Out
from .printing import print_lines

group = typer.Typer(
    help="Show the card of a model, or export it to ONNX.",
    invoke_without_command=True,
    callback=help_without_command,
    epilog=examples("prosody-ser model show mine.skops"),
)


@group.command(
    epilog=examples("prosody-ser model show", "prosody-ser model show mine.skops --format html --out card.html")
)
def show(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="MODEL", help="Model file (.skops) written by 'train'. [default: the model in the package]"
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Format of the card: text, markdown or html. [default: by the suffix of OUT, .md or .html, else text]",
        ),
    ] = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Show the card of a model.

    The card gives the training data, the scores, the limits of use, the licence and the versions of a model.
    """
    from ..atomic_write import check_places, refuse_existing, write_text
    from ..errors import chosen
    from ..model import read_card
    from ..prediction import default_model_path
    from ..report.text.model.card import FORMATS, SUFFIXES
    from .format_of import format_of
    from .inputs import MODEL, check_input

    if form is not None:
        chosen("format", form, FORMATS)
    form = format_of(out, form, SUFFIXES) or "text"
    file = file or default_model_path()
    check_input(file, MODEL)
    check_places(out, inputs=[file])
    text = FORMATS[form](read_card(file))
    refuse_existing(out, force=force)
    if out is None:
        print(text)
        return
    write_text(out, text + "\n")
    print_lines(f"card -> {out}")


@group.command(epilog=examples("prosody-ser model export mine.skops mine.onnx"))
def export(
    file: Annotated[Path, typer.Argument(metavar="MODEL", help="Model file (.skops) written by 'train'.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="ONNX file to write, .onnx.")],
    force: Force = False,
) -> None:
    """Export a model to ONNX.

    The ONNX model maps features to calibrated probabilities, a label and whether it abstains. The models best, svm,
    linear-svm, rf, mlp, lda and logreg can be exported if they do not normalise speakers. The input 'features' is of
    type double and has the columns that the file's metadata lists; measure them with 'extract'. Needs the extra [onnx].
    """
    from ..atomic_write import check_places, refuse_existing
    from ..model.onnx_export.export import check_onnx_suffix, export_onnx, refuse_unexportable
    from .inputs import MODEL, check_input

    check_input(file, MODEL)
    check_onnx_suffix(out)
    check_places(out, inputs=[file])
    from ..model import load_model

    model = load_model(file)
    refuse_unexportable(model)
    refuse_existing(out, force=force)
    export_onnx(model, out)
    print_lines(f"{counted(len(model.features), 'feature')} to {counted(len(model.labels), 'label')} -> {out}")
