"""``prosody-ser model``: what a model file says of itself, and the same model for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from .examples import examples
from .options import Force, Out
from .printing import say

group = typer.Typer(
    help="A trained model: its card, and a copy in ONNX.",
    no_args_is_help=True,
    epilog=examples("prosody-ser model show mine.skops"),
)


@group.command(
    epilog=examples("prosody-ser model show", "prosody-ser model show mine.skops --format html --out card.html")
)
def show(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="MODEL", help="From 'train', .skops; the one that comes with the package if not given."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text, markdown or html.")] = "text",
    out: Out = None,
    force: Force = False,
) -> None:
    """Show a model's card: trained on what, how good on whom, what it must not be used for, licence, versions."""
    from ..atomic_write import check_outputs, write_text
    from ..errors import chosen
    from ..model import read_card
    from ..prediction import default_model_path
    from ..report.text.card import FORMATS
    from .inputs import MODEL, check_input

    chosen("format", form, FORMATS)
    file = file or default_model_path()
    check_input(file, MODEL)
    check_outputs(out, inputs=[file], force=force)
    text = FORMATS[form](read_card(file))
    if out is None:
        print(text)
        return
    write_text(out, text + "\n")
    say(f"card -> {out}")


@group.command(epilog=examples("prosody-ser model export mine.skops mine.onnx"))
def export(
    file: Annotated[Path, typer.Argument(metavar="MODEL", help="From 'train', .skops.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write, .onnx.")],
    force: Force = False,
) -> None:
    """Write a model as ONNX, from features to calibrated probabilities, label and whether to abstain (extra [onnx]).

    For best, svm, linear-svm, rf, mlp, lda and logreg that do not normalise speakers. Input: 'features', double, with
    the columns that the metadata lists; the features themselves are measured by 'extract'.
    """
    from ..atomic_write import check_outputs
    from ..model.onnx_export.export import check_onnx_suffix, export_onnx
    from .inputs import MODEL, check_input

    check_input(file, MODEL)
    check_onnx_suffix(out)
    check_outputs(out, inputs=[file], force=force)
    from ..model import load_model

    model = load_model(file)
    export_onnx(model, out)
    say(f"{len(model.features)} features to {len(model.labels)} labels -> {out}")
