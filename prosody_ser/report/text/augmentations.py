"""What can be done to a recording, as text for the terminal."""

import textwrap

from ...augment import AUGMENTATIONS

_WIDTH = 100


def augmentations_text() -> str:
    """Each augmentation: what it does, how strongly, by what, and what it does to the features."""
    lines = [
        "usual strengths, from which one is drawn for each recording; others as noise:20 or noise:10..30",
        "what it moves: median change of a clip's value, in standard deviations over the clips of EMO-DB",
    ]
    for one in AUGMENTATIONS.values():
        low, high = one.usual
        unit = f" {one.unit}" if one.unit else ""
        lines += [
            "",
            f"{one.name:8} {one.does} ({one.strength}, {low:g} to {high:g}{unit}; {one.by})",
            *textwrap.wrap(f"moves: {one.moves}", _WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9),
        ]
    return "\n".join(lines)
