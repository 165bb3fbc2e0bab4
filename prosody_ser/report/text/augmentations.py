"""What can be done to a recording, as text for the terminal."""

from ...augment import AUGMENTATIONS
from ...terminal_view import fits


@fits
def augmentations_text() -> str:
    """Each augmentation: what it does, how strongly, by what, and what it does to the features."""
    lines = [
        "Usual strengths, from which one is drawn for each recording; others as noise:20 or noise:10..30. What it "
        "moves: median change of a clip's value, in standard deviations over the clips of EMO-DB."
    ]
    for one in AUGMENTATIONS.values():
        low, high = one.usual
        unit = f" {one.unit}" if one.unit else ""
        does = f"{one.does} ({one.strength}, {low:g} to {high:g}{unit}; {one.by})"
        lines += ["", f"{one.name:8}  {does}", f"{'moves:':8}  {one.moves}"]
    return "\n".join(lines)
