"""The colours of all pictures and pages, and the arithmetic that says whether they can be read and told apart.

Nothing is told by hue alone. Two fills differ in lightness by nine or more of CIE L*, so that a grey print keeps them
apart; to readers without red or green cones they differ by fifteen or more in CIE Lab. Beside the colour stands a
hatch, a marker or a word. What is written on a colour reaches a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).
"""

from typing import NamedTuple

ENOUGH = 4.5
WHITE, BLACK = "#ffffff", "#000000"


class Fill(NamedTuple):
    """How an area is filled: a colour, and a hatch as matplotlib writes it (empty: none)."""

    colour: str
    hatch: str = ""


#: For things of a kind, such as emotions. Those that follow each other, and those without a hatch, differ by 18 or
#: more of L*.
FILLS = (
    Fill("#006497"),  # blue, L* 40
    Fill("#a9dbf9", ".."),  # sky blue, 85
    Fill("#1a9e76"),  # green, 58
    Fill("#133367", "//"),  # navy, 22
    Fill("#ffa932"),  # orange, 76
    Fill("#ca4b08", "\\\\"),  # vermilion, 49
    Fill("#faf198"),  # yellow, 94
    Fill("#812456", "xx"),  # wine, 31
    Fill("#da8abd", "--"),  # pink, 67
)
#: Beyond as many things as there are fills their colours return, with a hatch that says in which round.
_LATER_HATCHES = ("++", "oo", "**")
#: More and less than a reference: dark and plain, light and hatched.
MORE, LESS = Fill("#a84300"), Fill("#8fc6ee", "///")
#: One fill a family of features in every picture.
FAMILY_FILLS = {
    "pitch": FILLS[0],
    "intensity": FILLS[5],
    "formants": FILLS[2],
    "voice quality": FILLS[8],
    "timing": FILLS[6],
    "spectrum": FILLS[1],
}
OTHER_FILL = Fill("#4a4a4a", "xx")


def fill_of(number: int) -> Fill:
    """The fill of the thing of a number, counted from 0."""
    rounds, place = divmod(number, len(FILLS))
    if not rounds:
        return FILLS[place]
    return Fill(FILLS[place].colour, _LATER_HATCHES[(rounds - 1) % len(_LATER_HATCHES)])


def family_fill(family: str) -> Fill:
    """The fill of a family of features; grey for whatever is none."""
    return FAMILY_FILLS.get(family, OTHER_FILL)


def mixed(first: str, second: str, share: float) -> str:
    """A colour between two, linear in sRGB."""
    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink_on(ground: str) -> str:
    """White where it can be read on a colour, else black; one of them always can."""
    return WHITE if contrast(WHITE, ground) >= ENOUGH else BLACK


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour written as ``#rrggbb``: 0 for black, 1 for white (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def channels(colour: str) -> list[int]:
    """Red, green and blue of a colour written as ``#rrggbb``, each from 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
