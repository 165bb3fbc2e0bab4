"""Colours of the HTML report as CSS, light and dark, with text on them that can be read.

Coloured cells have eleven steps of one hue. What is written on a step is white or black: one of them always reaches the
contrast that :mod:`prosody_ser.colours` asks for. Blue and orange are told apart by colour-blind readers too; what a
cell says stands in it as a number.
"""

from ...colours import MORE, WHITE, ink_on, mixed

STEPS = 10
#: Paper, then the strongest step of each hue.
SCHEMES = {
    "light": {"paper": WHITE, "b": "#08497b", "o": MORE.colour},
    "dark": {"paper": "#1b1f24", "b": "#5cb3ec", "o": "#f0883e"},
}


def step_class(value: float | None, hue: str, largest: float = 1.0) -> str:
    """The CSS class of a cell: `hue` (``b`` blue, ``o`` orange) and the step of ``value / largest``."""
    if value is None or largest <= 0:
        return f"{hue}0"
    return f"{hue}{round(STEPS * min(abs(value) / largest, 1.0))}"


def steps_css(scheme: str) -> str:
    """One rule a step: background and colour of text."""
    colours = SCHEMES[scheme]
    rules = []
    for hue in ("b", "o"):
        for step in range(STEPS + 1):
            ground = mixed(colours["paper"], colours[hue], step / STEPS)
            rules.append(f".{hue}{step}{{background:{ground};color:{ink_on(ground)}}}")
    return "\n".join(rules)
