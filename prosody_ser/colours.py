"""The colours of all pictures and pages, and functions that check whether they are readable and distinguishable.

Hue alone never carries information. Two fills differ in lightness by at least 9 of CIE L*, so that they differ in a
grey print; for readers without red or green cones they differ by at least 15 in CIE Lab. Each colour is accompanied by
a hatch, a marker or a word. Text on a colour has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
"""

from typing import NamedTuple

ENOUGH = 4.5
WHITE, BLACK = "#ffffff", "#000000"


class Fill(NamedTuple):
    """The fill of an area: a colour, and a hatch in the notation of matplotlib (empty for none)."""

    colour: str
    hatch: str = ""


#: Fills for the items of a list, such as emotions. Successive fills, and those without a hatch, differ by at least 18
#: of L*.
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
#: Hatches for further items, when the colours are repeated; one for each round.
_LATER_HATCHES = ("++", "oo", "**")
#: Fills for more and for less than a reference: dark and plain, light and hatched.
MORE, LESS = Fill("#a84300"), Fill("#8fc6ee", "///")
#: The fill of each family of features, the same in every picture.
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
    """Return the fill of an item by its number, counted from 0."""
    rounds, place = divmod(number, len(FILLS))
    if not rounds:
        return FILLS[place]
    return Fill(FILLS[place].colour, _LATER_HATCHES[(rounds - 1) % len(_LATER_HATCHES)])


def family_fill(family: str) -> Fill:
    """Return the fill of a family of features; grey for an unknown family."""
    return FAMILY_FILLS.get(family, OTHER_FILL)


def mixed(first: str, second: str, share: float) -> str:
    """Mix two colours, linearly in sRGB."""
    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink_on(ground: str) -> str:
    """Return white if it is readable on a colour, otherwise black, which is readable then."""
    return WHITE if contrast(WHITE, ground) >= ENOUGH else BLACK


def contrast(first: str, second: str) -> float:
    """Compute the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Compute the relative luminance of a colour ``#rrggbb``: 0 for black, 1 for white (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def channels(colour: str) -> list[int]:
    """Return red, green and blue of a colour ``#rrggbb``, each from 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
