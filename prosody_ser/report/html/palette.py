"""Colours of the HTML report as CSS, light and dark, with text on them that can be read.

Coloured cells have eleven steps of one hue. What is written on a step is white or black: one of them always reaches a
contrast of 4.5 to 1 (WCAG 2.2, 1.4.3). Blue and vermilion are told apart by colour-blind readers too (Okabe & Ito
2008); nothing is said by colour alone.
"""

STEPS = 10
ENOUGH = 4.5
#: Paper, then the strongest step of each hue.
SCHEMES = {
    "light": {"paper": "#ffffff", "b": "#08497b", "o": "#a84300"},
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


def mixed(first: str, second: str, share: float) -> str:
    """A colour between two, linear in sRGB."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink_on(ground: str) -> str:
    """White where it can be read on a colour, else black."""
    return "#ffffff" if contrast("#ffffff", ground) >= ENOUGH else "#000000"


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
