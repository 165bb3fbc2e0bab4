"""What can be done to a recording, as text for the terminal."""

import textwrap

from ...augment import AUGMENTATIONS

#: Fits into a terminal of the usual size.
_WIDTH = 80


def augmentations_text() -> str:
    """Each augmentation: what it does, how strongly, by what, and what it does to the features."""
    lines = _wrapped(
        "",
        "Usual strengths, from which one is drawn for each recording; others as noise:20 or noise:10..30. What it "
        "moves: median change of a clip's value, in standard deviations over the clips of EMO-DB.",
    )
    for one in AUGMENTATIONS.values():
        low, high = one.usual
        unit = f" {one.unit}" if one.unit else ""
        does = f"{one.does} ({one.strength}, {low:g} to {high:g}{unit}; {one.by})"
        lines += ["", *_wrapped(f"{one.name:8} ", does), *_wrapped(" " * 9, f"moves: {one.moves}")]
    return "\n".join(lines)


def _wrapped(first: str, text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
