"""Colours of the HTML report as CSS, light and dark, with readable text on them.

Coloured cells have eleven steps of one hue. The text on a step is white or black: one of them always reaches the
contrast that :mod:`prosody_ser.colours` requires. Colour-blind readers can distinguish blue and orange, and every cell
shows its value as a number.
"""

from ...colours import MORE, WHITE, ink_on, mixed

STEPS = 10
#: Background, and the strongest step of each hue (``b`` blue, ``o`` orange).
SCHEMES = {
    "light": {"paper": WHITE, "b": "#08497b", "o": MORE.colour},
    "dark": {"paper": "#1b1f24", "b": "#5cb3ec", "o": "#f0883e"},
}


def step_class(value: float | None, hue: str, largest: float = 1.0) -> str:
    """Give the CSS class of a cell: `hue` (``b`` blue, ``o`` orange) and the step of ``value / largest``."""
    if value is None or largest <= 0:
        return f"{hue}0"
    return f"{hue}{round(STEPS * min(abs(value) / largest, 1.0))}"


def steps_css(scheme: str) -> str:
    """Give one CSS rule for each step, with the colours of background and text."""
    colours = SCHEMES[scheme]
    rules = []
    for hue in ("b", "o"):
        for step in range(STEPS + 1):
            background = mixed(colours["paper"], colours[hue], step / STEPS)
            rules.append(f".{hue}{step}{{background:{background};color:{ink_on(background)}}}")
    return "\n".join(rules)
