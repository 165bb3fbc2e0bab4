"""The augmentations, as text for the terminal."""

from ...augment import AUGMENTATIONS
from ...terminal_view import fits


@fits
def augmentations_text() -> str:
    """Describe each augmentation: what it does, its strengths, the method, and its effect on the features."""
    lines = [
        "The usual range of strengths is in brackets; one is drawn at random for each recording. Choose others as "
        "noise:20 or noise:10..30. 'moves' lists the features that change most, with the median change of a clip's "
        "value, in standard deviations over the clips of EMO-DB."
    ]
    for augmentation in AUGMENTATIONS.values():
        low, high = augmentation.usual
        unit = f" {augmentation.unit}" if augmentation.unit else ""
        strength = f"{augmentation.strength}, {low:g} to {high:g}{unit}; {augmentation.by}"
        lines += ["", f"{augmentation.name:8}  {augmentation.does} ({strength})"]
        lines.append(f"{'moves:':8}  {augmentation.moves}")
    return "\n".join(lines)
